import type { TopicPartition } from '@milena/model';
import { BrokerDescribeReplicaLogsRequestSchema, BrokerDescribeReplicaLogsResponseSchema } from '@milena/proto';
import { defineRpc } from '../rpc';
import type { ReplicaLogsResponse } from './list-replica-logs-rpc';
import { partitionFromWire, partitionToWire } from './partition-key';
import { replicaLogFromWire, replicaLogToWire } from './replica-log-wire';

/** Asks a broker for certain replicas. */
export interface DescribeReplicaLogsRequest {
  readonly partitions: readonly TopicPartition[];
}

/** Describes the replicas asked for, in their order; those that are not there are left out. */
export const describeReplicaLogsRpc = defineRpc(
  'broker.v1.BrokerAdminService/DescribeReplicaLogs',
  {
    schema: BrokerDescribeReplicaLogsRequestSchema,
    toWire: ({ partitions }: DescribeReplicaLogsRequest) => ({ partitions: partitions.map(partitionToWire) }),
    fromWire: ({ partitions }): DescribeReplicaLogsRequest => ({ partitions: partitions.map(partitionFromWire) }),
  },
  {
    schema: BrokerDescribeReplicaLogsResponseSchema,
    toWire: ({ logs }: ReplicaLogsResponse) => ({ logs: logs.map(replicaLogToWire) }),
    fromWire: ({ logs }): ReplicaLogsResponse => ({ logs: logs.map(replicaLogFromWire) }),
  },
);
