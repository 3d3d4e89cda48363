import { offset, ZERO_OFFSET } from '@milena/model';
import { noMeter, type Meter, type MetricSample } from '@milena/platform';
import { createVirtualTime } from '@milena/platform/testing';
import type { Leadership } from '@milena/raft';
import { RaftMetrics } from './raft-metrics';

describe('RaftMetrics', () => {
  const read = new Map<string, () => number | readonly MetricSample[]>();
  const meter: Meter = { ...noMeter, gauge: (name, _, value) => void read.set(name, value) };
  const value = (name: string) => read.get(`kafka_server_raftmetrics_${name}`)?.();

  function leadershipOf(role: Leadership['role'], leaderId?: number): Leadership {
    return { role, epoch: 3, leaderId, leaderEndpoint: undefined, epochStartOffset: undefined };
  }

  function metricsOf(isObserver = false) {
    const time = createVirtualTime();
    let leadership = leadershipOf('unattached');
    const metrics = new RaftMetrics(
      { clock: time.clock, meter },
      {
        isObserver,
        leadership: () => leadership,
        highWatermark: () => undefined,
        logEndOffset: () => ZERO_OFFSET,
        logEndEpoch: () => -1,
        votedId: () => -1,
        voterCount: () => 3,
      },
    );
    const enter = (role: Leadership['role'], leaderId?: number): void => {
      leadership = leadershipOf(role, leaderId);
      metrics.entered(leadership);
    };
    return { time, metrics, enter };
  }

  it('names the state, an observer being no follower, and shows -1 for what is unknown', () => {
    const { enter } = metricsOf(true);
    expect([value('current_leader'), value('high_watermark')]).toEqual([-1, -1]);
    enter('follower', 101);
    expect(value('current_state')).toEqual([{ labels: { current_state: 'observer' }, value: 1 }]);
    expect([value('current_leader'), value('current_epoch')]).toEqual([101, 3]);
  });

  it('times appends until they are committed, and forgets those of a lost leadership', async () => {
    const { time, metrics, enter } = metricsOf();
    enter('leader', 1);
    metrics.appended({ baseOffset: offset(0), lastOffset: offset(9) });
    await time.advance(10);
    metrics.appended({ baseOffset: offset(10), lastOffset: offset(10) });
    metrics.committed(offset(10));
    expect(value('commit_latency_avg')).toBe(10);
    await time.advance(30);
    metrics.committed(offset(11));
    expect([value('commit_latency_avg'), value('commit_latency_max')]).toEqual([20, 30]);
    metrics.appended({ baseOffset: offset(11), lastOffset: offset(11) });
    enter('follower', 2);
    metrics.committed(offset(20));
    expect(value('commit_latency_max')).toBe(30);
  });

  it('shows rates of the last minute', async () => {
    const { time, metrics } = metricsOf();
    metrics.fetched(50);
    await time.advance(10_000);
    expect(value('fetch_records_rate')).toBe(5);
    await time.advance(120_000);
    expect(value('fetch_records_rate')).toBe(0);
  });

  it('times an election from the first candidacy to the next leader', async () => {
    const { time, enter } = metricsOf();
    enter('prospective', 2);
    await time.advance(5);
    enter('candidate');
    await time.advance(15);
    enter('leader', 1);
    expect(value('election_latency_avg')).toBe(20);
  });
});
