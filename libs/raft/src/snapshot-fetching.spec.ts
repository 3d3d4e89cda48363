import { offset, ZERO_OFFSET, type OffsetAndEpoch } from '@milena/model';
import type { FetchResponse, FetchSnapshotResponse, RaftRequest, RaftResponse } from './messages';
import type { PlantedBugs } from './planted-bugs';
import { TestCluster, testVoter, type TestClusterOptions } from './testing/test-cluster';
import type { TestNode } from './testing/test-node';
import { encodeTextBatch } from './testing/text-batches';
import { encodeTextSnapshot } from './testing/text-snapshot';

const id: OffsetAndEpoch = { offset: offset(5), epoch: 2 };
const facts = { error: 'NONE', epoch: 4, leaderId: 3 } as const;
const records = ['1:a', '1:b', '1:c', '2:d', '2:e'];
const file = encodeTextSnapshot({ id, maker: 3, voters: undefined, records });

function fetched(more: Partial<FetchResponse> = {}): FetchResponse {
  return { type: 'fetch', ...facts, logStartOffset: ZERO_OFFSET, records: Buffer.alloc(0), ...more };
}

function piece(position: number, length: number, more: Partial<FetchSnapshotResponse> = {}): FetchSnapshotResponse {
  const bytes = file.subarray(position, position + length);
  return { type: 'fetchSnapshot', ...facts, snapshotId: id, size: file.length, position, bytes, ...more };
}

/** Voter 1 of three follows a scripted leader 3 of epoch 4; voter 2 is down. */
class Follower {
  readonly cluster: TestCluster;
  readonly node: TestNode;
  /** What it asked for, newest last: `fetch 0` or `piece 20`. */
  readonly asked: string[] = [];

  constructor(
    script: (request: RaftRequest, asked: readonly string[]) => RaftResponse | undefined,
    {
      log = [],
      flushMs = 1,
      ...options
    }: Pick<TestClusterOptions, 'flushMs' | 'plantedBugs'> & { readonly log?: readonly number[] } = {},
  ) {
    const settings = { requestTimeoutMs: 300 };
    this.cluster = new TestCluster({ voters: 3, seed: 1, flushMs, settings, ...options });
    this.node = this.cluster.node(1);
    for (const [baseOffset, epoch] of log.entries()) {
      this.node.log.append(encodeTextBatch({ baseOffset, epoch, values: ['own'] }));
    }
    this.node.log.beginFlush()();
    this.node.file = { leaderEpoch: 4, leaderId: 3, votedId: -1, votedDirectoryId: this.node.file.votedDirectoryId };
    this.cluster.network.peers.set(3, {
      isUp: () => true,
      life: () => 1,
      serve: (request, reply) => {
        if (request.type === 'fetch') this.asked.push(`fetch ${request.fetchOffset}`);
        if (request.type === 'fetchSnapshot') this.asked.push(`piece ${request.position}`);
        const response = script(request, this.asked);
        if (response !== undefined) reply(response);
      },
    });
    this.node.start();
  }
}

/** Answers the first fetch with the snapshot's name and every later one with no news; `give` answers for the pieces. */
function offering(give: (position: number, asked: readonly string[]) => RaftResponse | undefined) {
  return (request: RaftRequest, asked: readonly string[]): RaftResponse | undefined => {
    if (request.type === 'fetchSnapshot') return give(request.position, asked);
    if (request.type !== 'fetch') return undefined;
    return request.fetchOffset < id.offset ? fetched({ snapshotId: id }) : undefined;
  };
}

test('pieces are fetched one behind the other, and then what comes behind the snapshot', () => {
  const follower = new Follower(offering((position) => piece(position, 50)));
  follower.cluster.run(60);
  expect(follower.asked).toEqual(['fetch 0', 'piece 0', 'piece 50', 'fetch 5']);
  expect(follower.node.log.history()).toEqual(records);
  expect(follower.node.raft?.highWatermark).toBe(5);
});

test('a voter fetches nothing behind a snapshot before it is durable in its place', () => {
  const follower = new Follower(
    offering((position) => piece(position, 100)),
    { flushMs: 100 },
  );
  follower.cluster.run(290);
  expect(follower.asked).toEqual(['fetch 0', 'piece 0']);
  follower.cluster.run(30);
  expect(follower.asked).toEqual(['fetch 0', 'piece 0', 'fetch 5']);
});

test('what was flushed of a longer log before says nothing of what comes behind the snapshot', () => {
  const behind = encodeTextBatch({ baseOffset: 5, epoch: 4, values: ['new'] });
  const script = (request: RaftRequest): RaftResponse | undefined => {
    if (request.type === 'fetchSnapshot') return piece(request.position, 100);
    if (request.type !== 'fetch' || request.fetchOffset === 6) return undefined;
    return fetched(request.fetchOffset === 7 ? { snapshotId: id } : { records: behind });
  };
  const asked = (plantedBugs: PlantedBugs) => {
    const follower = new Follower(script, { flushMs: 100, log: [1, 1, 1, 1, 1, 1, 1], plantedBugs });
    follower.cluster.runUntil(() => follower.asked.at(-1) === 'fetch 5');
    follower.cluster.run(90);
    return follower.asked.slice(2);
  };
  expect(asked({})).toEqual(['fetch 5']);
  expect(asked({ keepDurableEndOverInstall: true })).toEqual(['fetch 5', 'fetch 6']);
});

test('after a piece was lost it goes on where its bytes end', () => {
  const follower = new Follower(offering((position, asked) => (asked.length === 3 ? undefined : piece(position, 50))));
  follower.cluster.run(1000);
  expect(follower.asked.filter((what) => what.startsWith('piece'))).toEqual(['piece 0', 'piece 50', 'piece 50']);
  expect(follower.node.log.history()).toEqual(records);
});

describe('an answer that does not fit drops what was received', () => {
  test.each<[string, Partial<FetchSnapshotResponse>]>([
    ['of another position', { position: 10 }],
    ['of another snapshot', { snapshotId: { ...id, epoch: 1 } }],
    ['of a file that changed its size', { size: file.length + 1 }],
    ['of more than there is', { bytes: Buffer.alloc(file.length) }],
    ['of nothing', { bytes: Buffer.alloc(0) }],
    ['SNAPSHOT_NOT_FOUND', { error: 'SNAPSHOT_NOT_FOUND' }],
    ['POSITION_OUT_OF_RANGE', { error: 'POSITION_OUT_OF_RANGE' }],
  ])('%s', (_, wrong) => {
    const follower = new Follower(offering((position, asked) => piece(position, 50, asked.length === 3 ? wrong : {})));
    follower.cluster.run(100);
    const again = ['fetch 0', 'piece 0', 'piece 50', 'fetch 5'];
    expect(follower.asked).toEqual(['fetch 0', 'piece 0', 'piece 50', ...again]);
    expect(follower.node.log.history()).toEqual(records);
  });
});

test('a file that turns out to be damaged is fetched again', () => {
  const damaged = Buffer.from(file.toString().replace('3 2:d', '2 2:d'));
  const follower = new Follower(
    offering((position, asked) => piece(position, 100, asked.length === 2 ? { bytes: damaged } : {})),
  );
  follower.cluster.run(60);
  expect(follower.asked).toHaveLength(2); // the leader gets the time to look at its own
  follower.cluster.run(1000);
  expect(follower.asked).toEqual(['fetch 0', 'piece 0', 'fetch 0', 'piece 0', 'fetch 5']);
  expect(follower.node.log.history()).toEqual(records);
});

test('an unanswered fetch for a new leader keeps the part as long as the leader stays the same', () => {
  const follower = new Follower(
    offering((position, asked) => (asked.length >= 3 && asked.length < 5 ? undefined : piece(position, 50))),
  );
  // Longer than the fetch timeout: it stands for a pre-vote, which nobody grants, and returns to its leader.
  follower.cluster.run(9000);
  expect(follower.asked.filter((what) => what === 'piece 0')).toHaveLength(1);
  expect(follower.node.log.history()).toEqual(records);
});

test('the whole log gives way to the snapshot, what lies beyond its end too', () => {
  const follower = new Follower(
    (request) =>
      request.type === 'fetchSnapshot'
        ? piece(request.position, 100)
        : request.type === 'fetch' && request.fetchOffset === 7
          ? fetched({ snapshotId: id })
          : undefined,
    { log: [1, 1, 1, 1, 1, 1, 1] },
  );
  follower.cluster.run(60);
  expect(follower.asked).toEqual(['fetch 7', 'piece 0', 'fetch 5']);
  expect(follower.node.log.history()).toEqual(records);
});

test('the high watermark of the leader says nothing about a log that a snapshot must replace', () => {
  const follower = new Follower(
    (request) => (request.type === 'fetch' ? fetched({ snapshotId: id, highWatermark: offset(9) }) : undefined),
    { log: [1, 1, 1] },
  );
  follower.cluster.run(20);
  expect(follower.node.raft?.highWatermark).toBeUndefined();
});

describe('what is committed stays', () => {
  const committed = fetched({ highWatermark: offset(7) });

  test('KAFKA-12460: to be told to truncate below the high watermark is fatal', () => {
    const follower = new Follower(
      (_, asked) => (asked.length === 1 ? committed : fetched({ divergingEpoch: { epoch: 1, endOffset: offset(6) } })),
      { log: [1, 1, 1, 1, 1, 1, 1] },
    );
    expect(() => {
      follower.cluster.run(60);
    }).toThrow('committed records are never truncated');
  });

  test('to be offered an older snapshot is fatal', () => {
    const follower = new Follower((_, asked) => (asked.length === 1 ? committed : fetched({ snapshotId: id })), {
      log: [1, 1, 1, 1, 1, 1, 1],
    });
    expect(() => {
      follower.cluster.run(60);
    }).toThrow('committed records are never replaced by an older snapshot');
  });

  test('a leader whose log parts from what the snapshot here stands for is fatal, and not asked for ever', () => {
    const follower = new Follower(() => fetched({ divergingEpoch: { epoch: 1, endOffset: offset(1) } }));
    follower.node.kill({ losesUnflushed: true });
    follower.node.log.append(encodeTextBatch({ baseOffset: 0, epoch: 2, values: ['x', 'y'] }));
    follower.node.log.beginFlush()();
    follower.node.log.makeSnapshot(offset(2));
    follower.node.log.cleanTo({ offset: offset(2), epoch: 2 });
    follower.node.start();
    expect(() => {
      follower.cluster.run(60);
    }).toThrow('logs that part have something to cut');
  });
});

test('a controller that knew no voters learns them from the snapshot', () => {
  const cluster = new TestCluster({ voters: 3, joiners: 1, seed: 1, source: 'checkpoint' });
  for (const voter of [1, 2, 3]) cluster.node(voter).start();
  cluster.runUntil(() => cluster.leader?.raft?.highWatermark !== undefined);
  cluster.run(600);
  for (const voter of [1, 2, 3]) {
    cluster.node(voter).makeSnapshot();
    cluster.node(voter).clean();
  }
  const joiner = cluster.node(4);
  joiner.start();
  expect(joiner.raft?.voters.size).toBe(0);
  cluster.run(200);
  expect(joiner.log.startOffset()).toBe(3);
  expect(joiner.raft?.voters.voters).toEqual([1, 2, 3].map((voter) => testVoter(voter, 'checkpoint')));
  joiner.kill({ losesUnflushed: true });
  joiner.start();
  expect(joiner.raft?.voters.ids).toEqual([1, 2, 3]);
});
