import type { TopicPartition } from '@milena/model';
import { BrokerListReplicaLogsRequestSchema, BrokerListReplicaLogsResponseSchema } from '@milena/proto';
import { defineRpc } from '../rpc';
import { naturalFromWire } from '../wire-values';
import { afterFromWire, afterToWire } from './partition-key';
import { replicaLogFromWire, replicaLogToWire, type ReplicaLogState } from './replica-log-wire';

/** Asks a broker what is on its disk. */
export interface ListReplicaLogsRequest {
  /** Goes on behind this partition; unset at the beginning. */
  readonly after?: TopicPartition;
  readonly limit: number;
}

/** Replicas on a broker's disk. */
export interface ReplicaLogsResponse {
  readonly logs: readonly ReplicaLogState[];
}

/** Lists replicas by topic and partition. */
export const listReplicaLogsRpc = defineRpc(
  'broker.v1.BrokerAdminService/ListReplicaLogs',
  {
    schema: BrokerListReplicaLogsRequestSchema,
    toWire: ({ after, limit }: ListReplicaLogsRequest) => ({ ...afterToWire(after), limit }),
    fromWire: ({ after, limit }): ListReplicaLogsRequest => ({
      ...afterFromWire(after),
      limit: naturalFromWire(limit, 'limit'),
    }),
  },
  {
    schema: BrokerListReplicaLogsResponseSchema,
    toWire: ({ logs }: ReplicaLogsResponse) => ({ logs: logs.map(replicaLogToWire) }),
    fromWire: ({ logs }): ReplicaLogsResponse => ({ logs: logs.map(replicaLogFromWire) }),
  },
);
