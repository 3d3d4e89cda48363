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

/** FindCoordinator: which broker keeps a group. Transactional ids and share groups have no coordinators here. */
export const findCoordinatorApi: ApiHandler<typeof findCoordinator> = {
  api: findCoordinator,
  async handle(request, context) {
    const located = await Promise.all(
      requestedKeys(request, context.apiVersion).map(async (key) => {
        return { key, ...answer(await locate(key, request.keyType, context)) };
      }),
    );
    return context.apiVersion >= BATCHES_SINCE ? { coordinators: located } : { ...located[0] };
  },
};

function requestedKeys(
  { key, coordinatorKeys }: RequestOf<typeof findCoordinator>,
  version: number,
): readonly string[] {
  return version >= BATCHES_SINCE ? [...new Set(coordinatorKeys)] : [key];
}

async function locate(
  key: string,
  keyType: number,
  { broker, connection }: RequestContext,
): Promise<Result<ClientEndpoint>> {
  if (keyType !== GROUP) {
    const what = keyType === TRANSACTION ? 'transactions are' : `coordinator type ${keyType} is`;
    return failure('INVALID_REQUEST', `${what} not supported`);
  }
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
