import type { BrokerContext } from './broker-context';
import type { ClientConnection } from './client-connection';

/**
 * Answers one frame of the Kafka protocol (without its length). Resolves to the response frame in pieces, so that
 * fetched records are never copied, or to undefined when the request wants none (produce with acks=0). Rejects only when the connection must be closed, e.g. on malformed bytes.
 */
export type RequestHandler = (frame: Buffer, connection: ClientConnection) => Promise<readonly Buffer[] | undefined>;

/** Makes the handler of a broker from what the broker hands to its APIs. */
export type RequestHandlerFactory = (context: BrokerContext) => RequestHandler;
