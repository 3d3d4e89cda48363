import { findCoordinator, type RequestOf, type ResponseInputOf } from '@milena/kafka-protocol';
import { errorCode, failure, NO_NODE, success, type Result } from '@milena/model';
import type { ApiHandler, RequestContext } from './api-handler';
import { clientEndpoint, type ClientEndpoint } from './client-endpoints';

/** Kafka's numbers of what is coordinated. */
const GROUP = 0;
const TRANSACTION = 1;
/** First version with several keys. */
const BATCHES_SINCE = 4;

type Coordinator = Omit<ResponseInputOf<typeof findCoordinator>, 'coordinators' | 'throttleTimeMs'>;

/**
 * FindCoordinator: which broker keeps a group. Transactional ids and share groups have no coordinators here. librdkafka,
 * which speaks single keys only, asks for a transaction's coordinator again and again whatever the error, unless it may
 * not use the transactional id: that is what clients of those versions are told. The others read the message.
 */
export const findCoordinatorApi: ApiHandler<typeof findCoordinator> = {
  api: findCoordinator,
  async handle(request, context) {
    const coordinators = await Promise.all(
      requestedKeys(request, context.apiVersion).map(async (key) => {
        const located = request.keyType === GROUP ? await locate(key, context) : refused(request.keyType, context);
        return { key, ...answer(located) };
      }),
    );
    return context.apiVersion >= BATCHES_SINCE ? { coordinators } : { ...coordinators[0] };
  },
};

function requestedKeys(
  { key, coordinatorKeys }: RequestOf<typeof findCoordinator>,
  version: number,
): readonly string[] {
  return version >= BATCHES_SINCE ? [...new Set(coordinatorKeys)] : [key];
}

function refused(keyType: number, { apiVersion }: RequestContext): Result<never> {
  if (keyType !== TRANSACTION) return failure('INVALID_REQUEST', `coordinator type ${keyType} is not supported`);
  const code = apiVersion >= BATCHES_SINCE ? 'INVALID_REQUEST' : 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED';
  return failure(code, 'transactions are not supported');
}

async function locate(key: string, { broker, connection }: RequestContext): Promise<Result<ClientEndpoint>> {
  const located = await broker.groups.locate(key);
  if (!located.ok) return located;
  const { nodeId } = located.value;
  const registration = broker.image().broker(nodeId);
  const endpoint = registration && clientEndpoint(registration, connection.listenerName);
  return endpoint === undefined
    ? failure('COORDINATOR_NOT_AVAILABLE', `broker ${nodeId} has no listener ${connection.listenerName}`)
    : success(endpoint);
}

function answer(result: Result<ClientEndpoint>): Required<Coordinator> {
  if (!result.ok) {
    const { code, message } = result.error;
    return { errorCode: errorCode(code), errorMessage: message, nodeId: NO_NODE, host: '', port: -1 };
  }
  const { nodeId, host, port } = result.value;
  return { errorCode: 0, errorMessage: null, nodeId, host, port };
}
