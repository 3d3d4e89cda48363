import { offset } from '@milena/model';
import type { AddVoterRequest, FetchRequest, UpdateVoterRequest, VoteRequest } from '../messages';
import { testDirectory, testEndpoint } from './test-node';

const vote: VoteRequest = {
  type: 'vote',
  clusterId: 'test-cluster',
  voter: { id: 3 },
  epoch: 2,
  candidate: { id: 1 },
  lastEpoch: 1,
  lastOffset: offset(2),
  preVote: false,
};
const fetch: FetchRequest = {
  type: 'fetch',
  clusterId: 'test-cluster',
  replica: { id: 1 },
  epoch: 1,
  fetchOffset: offset(2),
  lastFetchedEpoch: 1,
  maxWaitMs: 0,
};
const addVoter: AddVoterRequest = {
  type: 'addVoter',
  clusterId: 'test-cluster',
  voter: { id: 4, directoryId: testDirectory(4) },
  endpoint: testEndpoint(4),
  timeoutMs: 500,
  ackWhenCommitted: true,
};
const updateVoter: UpdateVoterRequest = {
  type: 'updateVoter',
  clusterId: 'test-cluster',
  epoch: 1,
  voter: { id: 1, directoryId: testDirectory(1) },
  endpoint: testEndpoint(1),
  kraftVersions: { min: 0, max: 1 },
};

/**
 * Sound requests in a quorum of three (`startedQuorum`): voter 1 asks 3 for its vote in epoch 2, and fetches behind the two
 * records it has of epoch 1; controller 4 is to be added; voter 1 announces its entry as it is.
 */
export const sampleRequests = { vote, fetch, addVoter, updateVoter };
