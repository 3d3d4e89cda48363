import { offset } from '@milena/model';
import { createVirtualTime } from '@milena/platform/testing';
import { AckQueue } from './ack-queue';
import type { AppendOutcome } from './append-request';
import { PendingAcks } from './pending-acks';

function scene(max = 10) {
  const time = createVirtualTime();
  const acks = new PendingAcks(time, max);
  const answers: string[] = [];
  const outcome = (partition: number): AppendOutcome => ({
    topicPartition: { topic: 't', partition },
    error: 'NONE',
    baseOffset: 7,
    appendTimestamp: -1,
    logStartOffset: 0,
  });
  const park = (name: string, waits: readonly (readonly [AckQueue, number])[], timeoutMs = 1000) =>
    acks.park(
      waits.map((_, partition) => outcome(partition)),
      waits.map(([queue, end], index) => ({ queue, endOffset: offset(end), index })),
      timeoutMs,
      (outcomes) =>
        answers.push(`${name}: ${outcomes.map(({ error, baseOffset }) => `${error} ${baseOffset}`).join()}`),
    );
  return { time, acks, answers, park };
}

describe('pending acknowledgements', () => {
  test('are answered in the order in which their offsets are reached', () => {
    const { answers, park } = scene();
    const queue = new AckQueue();
    park('a', [[queue, 10]]);
    park('b', [[queue, 20]]);
    queue.reached(offset(9));
    expect(answers).toEqual([]);
    queue.reached(offset(20));
    expect(answers).toEqual(['a: NONE 7', 'b: NONE 7']);
  });

  test('a request over several partitions waits for the last of them', () => {
    const { answers, park } = scene();
    const [one, two] = [new AckQueue(), new AckQueue()];
    park('a', [
      [one, 10],
      [two, 5],
    ]);
    two.reached(offset(5));
    expect(answers).toEqual([]);
    one.fail('NOT_LEADER_OR_FOLLOWER');
    expect(answers).toEqual(['a: NOT_LEADER_OR_FOLLOWER -1,NONE 7']);
  });

  test('a deadline turns only what still waits into a time-out, and nothing is answered twice', async () => {
    const { time, acks, answers, park } = scene();
    const [one, two] = [new AckQueue(), new AckQueue()];
    park('a', [
      [one, 10],
      [two, 5],
    ]);
    one.reached(offset(10));
    await time.advance(2000);
    expect(answers).toEqual(['a: NONE 7,REQUEST_TIMED_OUT -1']);
    two.reached(offset(5));
    expect(answers).toHaveLength(1);
    expect(acks.size).toBe(0);
  });

  test('requests that timed out do not gather in a queue that never moves', async () => {
    const { time, park } = scene();
    const queue = new AckQueue();
    for (let round = 1; round <= 5; round++) {
      park(`r${round}`, [[queue, 10 * round]]);
      await time.advance(1100);
    }
    expect(queue.size).toBe(0);
  });

  test('a repeated batch is acknowledged with its own offset, not behind later ones', () => {
    const { answers, park } = scene();
    const queue = new AckQueue();
    park('first', [[queue, 10]]);
    park('second', [[queue, 20]]);
    park('repeated', [[queue, 10]]);
    queue.reached(offset(10));
    expect(answers).toEqual(['first: NONE 7', 'repeated: NONE 7']);
  });

  test('a queue survives thousands of waiters in order', () => {
    const { answers, park } = scene(5000);
    const queue = new AckQueue();
    for (let end = 1; end <= 3000; end++) park(String(end), [[queue, end]]);
    for (let end = 1; end <= 3000; end += 7) queue.reached(offset(end));
    queue.reached(offset(3000));
    expect(answers.map((answer) => Number(answer.split(':')[0]))).toEqual(
      Array.from({ length: 3000 }, (_, i) => i + 1),
    );
    expect(queue.size).toBe(0);
  });

  test('there is room for so many and no more', () => {
    const { acks, park } = scene(2);
    const queue = new AckQueue();
    park('a', [[queue, 1]]);
    expect(acks.hasRoom).toBe(true);
    park('b', [[queue, 2]]);
    expect(acks.hasRoom).toBe(false);
    queue.reached(offset(1));
    expect(acks.hasRoom).toBe(true);
  });

  test('closing answers everything', () => {
    const { acks, answers, park } = scene();
    park('a', [[new AckQueue(), 1]]);
    acks.close('NOT_LEADER_OR_FOLLOWER');
    expect(answers).toEqual(['a: NOT_LEADER_OR_FOLLOWER -1']);
  });
});
