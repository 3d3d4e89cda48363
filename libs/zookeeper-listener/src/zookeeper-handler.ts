/** The way back to one client. */
export interface ClientSocket {
  /** `host:port` of the client. */
  readonly remoteAddress: string;
  /** Sends one packet, after all that were sent before; nothing once the socket is closed. */
  send(packet: Buffer): void;
  /** Closes the socket after what was sent. */
  close(): void;
}

/** What is done with the packets of one client. */
export interface PacketHandler {
  /**
   * One packet without its length; valid until this returned and the promise, if there is one, settled. The next packet
   * waits for that promise. A rejection or an exception is a defect and ends the process.
   */
  receive(packet: Buffer): Promise<void> | undefined;
  /** The socket is closed. Called once. */
  closed(): void;
}

/** What a listener serves. */
export interface ZookeeperHandler {
  /** A client whose first bytes were not a four-letter word. */
  accept(socket: ClientSocket): PacketHandler;
  /** The text that answers a four-letter word; the connection is closed behind it. */
  answerWord(word: string): string;
  /** The four-letter word that the first four bytes of a connection are, if they are one. */
  wordOf(firstBytes: Buffer): string | undefined;
}
