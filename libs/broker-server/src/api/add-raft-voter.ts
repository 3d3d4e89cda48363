import { addVoterRpc } from '@milena/cluster-protocol';
import { addRaftVoter } from '@milena/kafka-protocol';
import type { ApiHandler } from './api-handler';
import { controllerListenerName } from './controller-listener-name';
import { changeVoters, voterChangeRefused } from './voter-change';

/**
 * AddRaftVoter: carried out by the leader of the metadata log (KIP-853). A voter has one endpoint here, the one of the
 * controllers' listener.
 */
export const addRaftVoterApi: ApiHandler<typeof addRaftVoter> = {
  api: addRaftVoter,
  handle({ clusterId, timeoutMs, voterId, voterDirectoryId, listeners, ackWhenCommitted }, context) {
    const name = controllerListenerName(context.broker.config.server);
    const listener = listeners.find((each) => each.name.toUpperCase() === name);
    if (listener === undefined)
      return voterChangeRefused('INVALID_REQUEST', `voter ${voterId} has no listener ${name}`);
    const { host, port } = listener;
    const request = {
      type: 'addVoter',
      ...(clusterId === null ? {} : { clusterId }),
      voter: { id: voterId, directoryId: voterDirectoryId },
      endpoint: { host, port },
      timeoutMs: Math.max(1, timeoutMs),
      ackWhenCommitted,
    } as const;
    return changeVoters(context, addVoterRpc, request, request.timeoutMs);
  },
};
