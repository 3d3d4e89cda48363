import { removeVoterRpc } from '@milena/cluster-protocol';
import { removeRaftVoter } from '@milena/kafka-protocol';
import type { ApiHandler } from './api-handler';
import { changeVoters } from './voter-change';

/** The request names no time; clients by default wait for 30 s. */
const TIMEOUT_MS = 25_000;

/** RemoveRaftVoter: carried out by the leader of the metadata log, be it itself that goes (KIP-853). */
export const removeRaftVoterApi: ApiHandler<typeof removeRaftVoter> = {
  api: removeRaftVoter,
  handle({ clusterId, voterId, voterDirectoryId }, context) {
    const request = {
      type: 'removeVoter',
      ...(clusterId === null ? {} : { clusterId }),
      voter: { id: voterId, directoryId: voterDirectoryId },
    } as const;
    return changeVoters(context, removeVoterRpc, request, TIMEOUT_MS);
  },
};
