import { NO_NODE, ZERO_UUID } from '@milena/model';
import type { QuorumState, RaftEffects } from '@milena/raft';
import { createEffectQueue } from './effect-queue';

const state = (leaderEpoch: number): QuorumState => ({
  leaderId: NO_NODE,
  leaderEpoch,
  votedId: NO_NODE,
  votedDirectoryId: ZERO_UUID,
});

/** Effects that are told apart by the id of their answer. */
function effects(id: number, persist?: QuorumState, releaseBeforePersist = false): RaftEffects {
  const response = { type: 'vote' as const, error: 'NONE' as const, epoch: 1, leaderId: NO_NODE, voteGranted: true };
  return {
    persist,
    flush: undefined,
    requests: [],
    answers: [{ requestId: id, response }],
    highWatermark: undefined,
    installSnapshot: undefined,
    leadership: undefined,
    stopped: false,
    nextTickMs: undefined,
    releaseBeforePersist,
  };
}

function setUp() {
  const log: string[] = [];
  const writes: { resolve(): void; reject(error: Error): void }[] = [];
  const say = (what: string, { answers }: RaftEffects): void => {
    for (const { requestId } of answers) log.push(`${what} ${requestId}`);
  };
  const queue = createEffectQueue({
    persist: ({ leaderEpoch }) => {
      log.push(`write ${leaderEpoch}`);
      return new Promise((resolve, reject) => writes.push({ resolve, reject }));
    },
    carryOut: (each) => say('do', each),
    release: (each) => say('release', each),
    onFatal: (error) => log.push(`fatal ${String(error)}`),
  });
  const settle = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));
  return { log, writes, queue, settle };
}

it('carries out at once what needs no write', () => {
  const { queue, log } = setUp();
  queue.push(effects(1));
  queue.push(effects(2));
  expect(log).toEqual(['do 1', 'do 2']);
});

it('holds back effects, and all later ones, until their state is durable', async () => {
  const { queue, log, writes, settle } = setUp();
  queue.push(effects(1, state(5)));
  queue.push(effects(2));
  await settle();
  expect(log).toEqual(['write 5']);
  writes[0]!.resolve();
  await settle();
  expect(log).toEqual(['write 5', 'do 1', 'do 2']);
});

it('writes only the last of the states that gathered while a write ran', async () => {
  const { queue, log, writes, settle } = setUp();
  queue.push(effects(1, state(5)));
  queue.push(effects(2, state(6)));
  queue.push(effects(3, state(7)));
  queue.push(effects(4));
  writes[0]!.resolve();
  await settle();
  expect(log).toEqual(['write 5', 'do 1', 'write 7']);
  writes[1]!.resolve();
  await settle();
  expect(log.slice(3)).toEqual(['do 2', 'do 3', 'do 4']);
});

it('does nothing any more after a write failed, and says so once', async () => {
  const { queue, log, writes, settle } = setUp();
  queue.push(effects(1, state(5)));
  queue.push(effects(2));
  writes[0]!.reject(new Error('EIO'));
  await settle();
  queue.push(effects(3, state(6)));
  await settle();
  expect(log).toEqual(['write 5', 'fatal Error: EIO']);
});

it('keeps the order when carrying out effects brings new ones', () => {
  const log: number[] = [];
  const queue = createEffectQueue({
    persist: () => Promise.resolve(),
    carryOut({ answers }) {
      const id = answers[0]!.requestId;
      if (id === 1) queue.push(effects(2));
      log.push(id);
    },
    release: () => {},
    onFatal: () => {},
  });
  queue.push(effects(1));
  expect(log).toEqual([1, 2]);
});

it('with planted bug 1 lets answers leave before the write', () => {
  const { queue, log } = setUp();
  queue.push(effects(1, state(5), true));
  expect(log).toEqual(['release 1', 'write 5']);
});
