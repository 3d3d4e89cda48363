import { NO_NODE, NO_OFFSET, type Offset } from '@milena/model';
import type { Platform } from '@milena/platform';
import type { Appended, Leadership, RoleName } from '@milena/raft';
import { RecentValues } from './recent-values';

/** Appends whose commitment is timed at once; more are not timed. */
const TIMED_MAX = 10_000;
const PREFIX = 'kafka_server_raftmetrics';
const ELECTING: ReadonlySet<RoleName> = new Set(['prospective', 'candidate']);

/** What the metrics look at. */
export interface RaftMetricsSource {
  /** Observers never vote; Kafka shows that as their state. */
  readonly isObserver: boolean;
  leadership(): Leadership;
  highWatermark(): Offset | undefined;
  logEndOffset(): Offset;
  logEndEpoch(): number;
  /** Node id, NO_NODE when it voted for nobody in this epoch. */
  votedId(): number;
  voterCount(): number;
}

/** Kafka's raft-metrics (KIP-595): what an operator watches of the quorum. -1 stands for unknown. */
export class RaftMetrics {
  readonly #appended: RecentValues;
  readonly #fetched: RecentValues;
  readonly #commitLatency: RecentValues;
  readonly #electionLatency: RecentValues;
  #uncommitted: { readonly lastOffset: Offset; readonly atMs: number }[] = [];
  #electingSinceMs: number | undefined;

  constructor(
    private readonly platform: Pick<Platform, 'clock' | 'meter'>,
    private readonly source: RaftMetricsSource,
  ) {
    const { clock } = platform;
    this.#appended = new RecentValues(clock);
    this.#fetched = new RecentValues(clock);
    this.#commitLatency = new RecentValues(clock);
    this.#electionLatency = new RecentValues(clock);
    this.#registerState();
    this.#registerRates();
  }

  /** This node, the leader, appended a batch. */
  appended({ baseOffset, lastOffset }: Appended): void {
    this.#appended.record(0, lastOffset - baseOffset + 1);
    if (this.#uncommitted.length >= TIMED_MAX) return;
    this.#uncommitted.push({ lastOffset, atMs: this.platform.clock.monotonicMs() });
  }

  /** Records came from the leader. */
  fetched(count: number): void {
    if (count > 0) this.#fetched.record(0, count);
  }

  /** Everything before the offset is committed. */
  committed(highWatermark: Offset): void {
    const nowMs = this.platform.clock.monotonicMs();
    let done = 0;
    for (const { lastOffset, atMs } of this.#uncommitted) {
      if (lastOffset >= highWatermark) break;
      this.#commitLatency.record(nowMs - atMs);
      done += 1;
    }
    if (done > 0) this.#uncommitted.splice(0, done);
  }

  /** The role or the leader changed. */
  entered({ role, leaderId }: Leadership): void {
    if (role !== 'leader') this.#uncommitted = [];
    const nowMs = this.platform.clock.monotonicMs();
    if (ELECTING.has(role)) this.#electingSinceMs ??= nowMs;
    else if (this.#electingSinceMs !== undefined && leaderId !== undefined) {
      this.#electionLatency.record(nowMs - this.#electingSinceMs);
      this.#electingSinceMs = undefined;
    }
  }

  #registerState(): void {
    const { isObserver, leadership, highWatermark, logEndOffset, logEndEpoch, votedId, voterCount } = this.source;
    const gauge = (name: string, help: string, read: () => number): void =>
      this.platform.meter.gauge(`${PREFIX}_${name}`, help, read);
    gauge('current_epoch', 'Epoch of the metadata quorum.', () => leadership().epoch);
    gauge('current_leader', 'Node id of the quorum leader.', () => leadership().leaderId ?? NO_NODE);
    gauge('current_vote', 'Node id this node voted for in the current epoch.', votedId);
    gauge('high_watermark', 'High watermark of the metadata log.', () => highWatermark() ?? NO_OFFSET);
    gauge('log_end_offset', 'Log end offset of the metadata log.', logEndOffset);
    gauge('log_end_epoch', 'Epoch of the last record of the metadata log.', logEndEpoch);
    gauge('number_of_voters', 'Voters of the metadata quorum.', voterCount);
    this.platform.meter.gauge(`${PREFIX}_current_state`, '1 under the label of the current state.', () => {
      const { role } = leadership();
      return [{ labels: { current_state: isObserver && role === 'follower' ? 'observer' : role }, value: 1 }];
    });
  }

  #registerRates(): void {
    const gauge = (name: string, help: string, read: () => number): void =>
      this.platform.meter.gauge(`${PREFIX}_${name}`, help, read);
    gauge('append_records_rate', 'Records appended by this node as leader, a second.', () =>
      this.#appended.perSecond(),
    );
    gauge('fetch_records_rate', 'Records fetched from the leader, a second.', () => this.#fetched.perSecond());
    gauge('commit_latency_avg', 'Mean time from append to commitment, ms.', () => this.#commitLatency.mean());
    gauge('commit_latency_max', 'Longest time from append to commitment, ms.', () => this.#commitLatency.max());
    gauge('election_latency_avg', 'Mean time to elect a new leader, ms.', () => this.#electionLatency.mean());
    gauge('election_latency_max', 'Longest time to elect a new leader, ms.', () => this.#electionLatency.max());
  }
}
