import { describeCluster, NO_AUTHORIZED_OPERATIONS, type ResponseInputOf } from '@milena/kafka-protocol';
import { errorCode, type ErrorName } from '@milena/model';
import type { ApiHandler } from './api-handler';
import { CLUSTER_OPERATION_BITS } from './authorized-operations';
import { clientEndpoint, controllerForClients, liveEndpoints } from './client-endpoints';

const BROKERS = 1;
const CONTROLLERS = 2;

/** DescribeCluster: the brokers a client may connect to, the fenced ones too when it asks for them (KIP-700, KIP-1073). */
export const describeClusterApi: ApiHandler<typeof describeCluster> = {
  api: describeCluster,
  handle({ endpointType, includeFencedBrokers, includeClusterAuthorizedOperations }, { broker, connection }) {
    if (endpointType === CONTROLLERS) {
      return refused('MISMATCHED_ENDPOINT_TYPE', endpointType, 'this is a broker, not a controller');
    }
    if (endpointType !== BROKERS) {
      return refused('UNSUPPORTED_ENDPOINT_TYPE', endpointType, `endpoint type ${endpointType} is not known`);
    }
    const image = broker.image();
    const shown = image.brokers().flatMap((registration) => {
      if (registration.fenced && !includeFencedBrokers) return [];
      const endpoint = clientEndpoint(registration, connection.listenerName);
      if (endpoint === undefined) return [];
      const { nodeId, host, port, rack } = endpoint;
      return [{ brokerId: nodeId, host, port, rack, isFenced: registration.fenced }];
    });
    return {
      throttleTimeMs: 0,
      errorCode: 0,
      endpointType,
      clusterId: broker.clusterId,
      controllerId: controllerForClients(liveEndpoints(image, connection.listenerName), broker.nodeId),
      brokers: shown,
      clusterAuthorizedOperations: includeClusterAuthorizedOperations
        ? CLUSTER_OPERATION_BITS
        : NO_AUTHORIZED_OPERATIONS,
    };
  },
};

function refused(
  error: ErrorName,
  endpointType: number,
  errorMessage: string,
): ResponseInputOf<typeof describeCluster> {
  return { throttleTimeMs: 0, errorCode: errorCode(error), errorMessage, endpointType, clusterId: '', brokers: [] };
}
