/** What a request handler is told of the connection a request came in on. */
export interface KafkaConnection {
  /** Unique per connection while the process lives. */
  readonly id: number;
  /** Name of the listener it came in on. */
  readonly listenerName: string;
  /** `host:port` of the client. */
  readonly remoteAddress: string;
  /** Who the client is, in Kafka's text form. */
  readonly principal: string;
}

/** An answer without its size prefix, whole or in pieces. */
export type AnswerFrame = Buffer | readonly Buffer[];

/**
 * Answers one request frame; undefined when none is wanted. `frame` is valid until the promise settles and reused
 * afterwards. A rejection closes the connection, after what was answered before has been sent; one with a broken
 * invariant is not caught and ends the process.
 */
export type FrameHandler = (frame: Buffer, connection: KafkaConnection) => Promise<AnswerFrame | undefined>;
