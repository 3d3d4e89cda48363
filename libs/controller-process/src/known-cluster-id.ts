import { MalformedInput } from '@milena/bytes';
import { describeQuorumRpc } from '@milena/cluster-protocol';
import type { ServiceHost } from '@milena/platform';

/**
 * A service host on which DescribeQuorum is also answered to whoever leaves the cluster id empty: people at a terminal ask
 * it, to learn such things. Every other call goes through untouched.
 */
export function withKnownClusterId(host: ServiceHost, clusterId: string): ServiceHost {
  return {
    unary(method, handler) {
      if (method !== describeQuorumRpc.method) return host.unary(method, handler);
      host.unary(method, (request, context) => handler(filledIn(request, clusterId), context));
    },
    stream: (method, accept) => host.stream(method, accept),
  };
}

function filledIn(request: Uint8Array, clusterId: string): Uint8Array {
  try {
    const asked = describeQuorumRpc.decodeRequest(request);
    return asked.clusterId === '' ? describeQuorumRpc.encodeRequest({ ...asked, clusterId }) : request;
  } catch (error) {
    if (error instanceof MalformedInput) return request; // its handler says what is wrong with it
    throw error;
  }
}
