import { NO_NODE, NO_OFFSET, type Offset } from '@milena/model';
import type { Meter } from '@milena/platform';
import type { Leadership } from '@milena/raft';

/** Registers what an operator watches of the quorum, under the names of Kafka's raft-metrics; -1 for unknown. */
export function registerRaftGauges(
  meter: Meter,
  read: {
    leadership(): Leadership;
    highWatermark(): Offset | undefined;
    logEndOffset(): Offset;
  },
): void {
  const prefix = 'kafka_server_raft_metrics';
  meter.gauge(`${prefix}_current_epoch`, 'Epoch of the metadata quorum.', () => read.leadership().epoch);
  meter.gauge(`${prefix}_current_leader`, 'Node id of the quorum leader, -1 while unknown.', () => {
    return read.leadership().leaderId ?? NO_NODE;
  });
  meter.gauge(`${prefix}_high_watermark`, 'High watermark of the metadata log, -1 while unknown.', () => {
    return read.highWatermark() ?? NO_OFFSET;
  });
  meter.gauge(`${prefix}_log_end_offset`, 'Log end offset of the metadata log.', () => read.logEndOffset());
}
