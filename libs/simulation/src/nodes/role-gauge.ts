import { noMeter, type Meter, type ReadMetric } from '@milena/platform';

const STATE_GAUGE = 'kafka_server_raftmetrics_current_state';
const VOTE_GAUGE = 'kafka_server_raftmetrics_current_vote';

/** A meter that keeps nothing but the gauges that say which role a node has in the quorum, and whom it voted for. */
export class RoleGauge {
  #read: ReadMetric | undefined;
  #readVote: ReadMetric | undefined;
  readonly meter: Meter = {
    ...noMeter,
    gauge: (name, _help, read) => {
      if (name === STATE_GAUGE) this.#read = read;
      if (name === VOTE_GAUGE) this.#readVote = read;
    },
  };

  /** Kafka's name of the role; `unknown` before the node takes part. */
  role(): string {
    const samples = this.#read?.();
    if (samples === undefined || typeof samples === 'number') return 'unknown';
    return samples[0]?.labels['current_state'] ?? 'unknown';
  }

  /** Whom it voted for in its epoch; -1 for nobody. */
  votedId(): number {
    const voted = this.#readVote?.();
    return typeof voted === 'number' ? voted : -1;
  }
}
