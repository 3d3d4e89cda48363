import type { ServerConfig } from '@milena/config-schema';
import type { GroupSettings } from '@milena/coordinator';

const MINUTE_MS = 60_000;

/** What a broker's configuration says about groups. */
export function groupSettingsOf(server: ServerConfig): GroupSettings {
  return {
    initialRebalanceDelayMs: server.number('group.initial.rebalance.delay.ms'),
    sessionTimeoutMinMs: server.number('group.min.session.timeout.ms'),
    sessionTimeoutMaxMs: server.number('group.max.session.timeout.ms'),
    membersMax: server.number('group.max.size'),
    offsetMetadataMax: server.number('offset.metadata.max.bytes'),
    offsetsRetentionMs: server.number('offsets.retention.minutes') * MINUTE_MS,
    retentionCheckMs: server.number('offsets.retention.check.interval.ms'),
  };
}
