import { noMeter, type Meter, type ReadMetric } from '@milena/platform';

const STATE_GAUGE = 'kafka_server_raftmetrics_current_state';

/** A meter that keeps nothing but the gauge that says which role a node has in the quorum. */
export class RoleGauge {
  #read: ReadMetric | undefined;
  readonly meter: Meter = {
    ...noMeter,
    gauge: (name, _help, read) => {
      if (name === STATE_GAUGE) this.#read = read;
    },
  };

  /** Kafka's name of the role; `unknown` before the node takes part. */
  role(): string {
    const samples = this.#read?.();
    if (samples === undefined || typeof samples === 'number') return 'unknown';
    return samples[0]?.labels['current_state'] ?? 'unknown';
  }
}
