/** The way back to one client: what the server uses of a connection. */
export interface ClientChannel {
  /** `host:port` of the client. */
  readonly remoteAddress: string;
  /** Sends one packet, after all that were sent before; nothing once the channel is closed. */
  send(packet: Buffer): void;
  /** Closes the connection after what was sent; the client's `closed` is called later. */
  close(): void;
}

/** One client as its connection sees it. */
export interface ClientConnection {
  /**
   * One packet, without its length; it may be reused once this returned and the promise, if there is one, settled. The
   * next packet must wait for that promise. Never throws or rejects for what a client sent.
   */
  receive(packet: Buffer): Promise<void> | undefined;
  /** The connection is gone. */
  closed(): void;
}
