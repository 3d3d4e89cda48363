import { voteRpc } from '@milena/cluster-protocol';
import { offset, success } from '@milena/model';
import type { UnaryHandler } from '@milena/platform';
import type { VoterEntry } from '@milena/record-batch';
import { voterName, type LoggedVoters } from '../voters-in-log';
import { createWorld } from '../world';
import { createQuorumCheckers } from './quorum-checkers';

const DIRECTORY = 'AAAAAAAAAAAAAAAAAAAAAQ';
const NEW_DIRECTORY = 'AAAAAAAAAAAAAAAAAAAAAg';

function voter(voterId: number, directoryId = DIRECTORY): VoterEntry {
  return { voterId, directoryId, endpoints: [], kraftVersionMin: 0, kraftVersionMax: 1 };
}

function set(at: number, ...voters: readonly (number | VoterEntry)[]): LoggedVoters {
  const entries = voters.map((each) => (typeof each === 'number' ? voter(each) : each));
  return { offset: at, isInherited: at < 0, voters: entries };
}

function setUp() {
  const world = createWorld(1);
  const { voterChanges, whoVotes } = createQuorumCheckers(world);
  voterChanges.committed(10, []);
  return { world, voterChanges, whoVotes };
}

const replica = (sets: readonly LoggedVoters[], voterId = 1) => {
  return { host: `controller-${voterId}`, voterId, directoryId: DIRECTORY, isLeading: true, sets };
};
const names = (...ids: readonly number[]) => ids.map((id) => `${id} ${DIRECTORY}`);

describe('R9: the voter sets of a leader', () => {
  it.each([
    ['one change that is not committed', [set(2, 1, 2, 3), set(12, 1, 2, 3, 4)], names(1, 2, 3, 4), undefined],
    ['a change of endpoints alone', [set(2, 1, 2, 3), set(12, 1, 2, 3), set(13, 1, 2)], names(1, 2), undefined],
    ['what was before the log', [set(-1, 1, 2, 3), set(4, 5)], names(5), undefined],
    ['two changes that are not committed', [set(2, 1, 2), set(12, 1, 2, 3), set(13, 2, 3)], names(2, 3), /2 changes/],
    ['two voters at once', [set(2, 1, 2, 3), set(5, 1)], names(1), /two sets in a row/],
    ['another disk in one step', [set(2, 1, 2), set(5, 1, voter(2, NEW_DIRECTORY))], names(1), /two sets in a row/],
    ['a set that does not rule yet', [set(2, 1, 2, 3), set(12, 1, 2)], names(1, 2, 3), /the leader goes by/],
  ])('with %s', (_what, sets, ruling, expected) => {
    const { world, voterChanges } = setUp();
    voterChanges.changed(replica(sets), () => ruling);
    if (expected === undefined) expect(world.violation).toBeUndefined();
    else expect(world.violation?.message).toMatch(expected);
  });
});

describe('R10: who leads', () => {
  it.each([
    ['with a majority of votes', [set(2, 1, 2, 3)], [2], undefined],
    ['without a majority', [set(2, 1, 2, 3)], [], /with the votes of/],
    ['with the vote of a stranger', [set(2, 1, 2, 3)], [4], /with the votes of/],
    ['as a stranger', [set(2, 2, 3)], [2, 3], /is no voter/],
    ['after its removal, which is not committed', [set(2, 1, 2, 3), set(12, 2, 3)], [2, 3], undefined],
    ['by its own vote after its removal', [set(2, 1, 2, 3), set(12, 2, 3)], [2], /with the votes of/],
    ['without knowing who votes', [], [2, 3], /without knowing/],
  ])('%s', async (_what, sets, granting, expected) => {
    const { world, whoVotes } = setUp();
    for (const id of granting) await grantVote(whoVotes, id);
    whoVotes.leads(replica(sets), 5, 10);
    if (expected === undefined) expect(world.violation).toBeUndefined();
    else expect(world.violation?.message).toMatch(expected);
  });

  it.each([
    ['candidate', 1, undefined],
    ['leader', 1, undefined],
    ['prospective', 1, undefined],
    ['prospective', 2, /prospective in epoch 5/],
    ['observer', -1, /observer in epoch 5/],
  ])('an epoch is raised by a %s that voted for %i', (role, votedId, expected) => {
    const { world, whoVotes } = setUp();
    whoVotes.isIn(5, { host: 'controller-1', voterId: 1 }, { role: () => role, votedId: () => votedId });
    if (expected === undefined) expect(world.violation).toBeUndefined();
    else expect(world.violation?.message).toMatch(expected);
  });

  it('an epoch is raised by who led the one before, and is no news to others', () => {
    const { world, whoVotes } = setUp();
    whoVotes.leads(replica([set(2, 1)]), 4, 10);
    whoVotes.isIn(5, { host: 'controller-1', voterId: 1 }, { role: () => 'unattached', votedId: () => -1 });
    whoVotes.isIn(5, { host: 'controller-2', voterId: 2 }, { role: () => 'follower', votedId: () => -1 });
    expect(world.violation).toBeUndefined();
  });
});

/** Controller `id` grants its vote in epoch 5 to controller 1. */
async function grantVote(whoVotes: ReturnType<typeof setUp>['whoVotes'], id: number): Promise<void> {
  let handler: UnaryHandler | undefined;
  const facts = { error: 'NONE', epoch: 5, leaderId: -1 } as const;
  const server = { unary: (_method: string, registered: UnaryHandler) => void (handler = registered), stream() {} };
  const host = whoVotes.watch(server, () => voterName({ voterId: id, directoryId: DIRECTORY }));
  host.unary(voteRpc.method, () => {
    return Promise.resolve(success(Buffer.from(voteRpc.encodeResponse({ ...facts, type: 'vote', voteGranted: true }))));
  });
  const request = voteRpc.encodeRequest({
    type: 'vote',
    clusterId: DIRECTORY,
    voter: { id, directoryId: DIRECTORY },
    epoch: 5,
    candidate: { id: 1, directoryId: DIRECTORY },
    lastEpoch: 1,
    lastOffset: offset(3),
    preVote: false,
  });
  await handler?.(Buffer.from(request), undefined as never);
}
