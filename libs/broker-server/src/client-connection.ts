/** What a handler knows of the connection a request came in on. */
export interface ClientConnection {
  /** Unique per connection while the process lives. */
  readonly id: number;
  /** Name of the listener it came in on: decides which endpoints the client is told. */
  readonly listenerName: string;
  /** `host:port` of the client. */
  readonly remoteAddress: string;
  /** Who the client is, in Kafka's text form; `User:ANONYMOUS` without authentication. */
  readonly principal: string;
}
