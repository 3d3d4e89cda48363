import type { Api, RequestOf, ResponseInputOf } from '@milena/kafka-protocol';
import type { TraceContext } from '@milena/platform';
import type { BrokerContext } from '../broker-context';
import type { ClientConnection } from '../client-connection';
import type { TopicAutoCreation } from './topic-auto-creation';

/** An API and the versions of it that are advertised. */
export interface AdvertisedApi {
  readonly apiKey: number;
  readonly minVersion: number;
  readonly maxVersion: number;
}

/** One request under way: who sent it in which version, and what may be used to answer it. */
export interface RequestContext {
  readonly broker: BrokerContext;
  /** Carries the principal on whose behalf everything is done. */
  readonly connection: ClientConnection;
  readonly clientId: string | null;
  readonly apiVersion: number;
  readonly advertisedApis: readonly AdvertisedApi[];
  readonly topicAutoCreation: TopicAutoCreation;
  /** Parent for what the request causes elsewhere; undefined when tracing is off. */
  readonly trace: TraceContext | undefined;
}

/**
 * How one Kafka API is carried out. Expected failures are error codes in the response; throwing closes the connection.
 * Undefined means that no response is sent.
 */
export interface ApiHandler<A extends Api = Api> {
  readonly api: A;
  handle(
    request: RequestOf<A>,
    context: RequestContext,
  ): Promise<ResponseInputOf<A> | undefined> | ResponseInputOf<A> | undefined;
  /** Answer to a version that is advertised but not served; only for an API that has such versions. */
  refuseVersion?(request: RequestOf<A>): ResponseInputOf<A>;
}
