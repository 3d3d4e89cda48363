import { create, toBinary } from '@bufbuild/protobuf';
import { MalformedInput } from '@milena/bytes';
import { NO_EPOCH, offset } from '@milena/model';
import { BrokerListGroupOffsetsRequestSchema, BrokerListReplicaLogsResponseSchema } from '@milena/proto';
import type { Rpc } from '../rpc';
import { deleteGroupRpc } from './delete-group-rpc';
import { describeGroupRpc } from './describe-group-rpc';
import { describeReplicaLogsRpc } from './describe-replica-logs-rpc';
import { listGroupOffsetsRpc } from './list-group-offsets-rpc';
import { listGroupsRpc } from './list-groups-rpc';
import { listReplicaLogsRpc } from './list-replica-logs-rpc';
import { listTopicConfigsRpc } from './list-topic-configs-rpc';

const orders = { topic: 'orders', partition: 3 };
const logs = [
  {
    topicPartition: orders,
    logStartOffset: offset(5),
    logEndOffset: offset(9),
    highWatermark: offset(8),
    sizeInBytes: 1234,
    isLeader: true,
  },
];
const member = {
  memberId: 'm-1',
  clientId: 'c',
  clientHost: '/127.0.0.1',
  metadata: new Uint8Array([0, 1]),
  assignment: new Uint8Array([2]),
};

function requests<Request, Response>(rpc: Rpc<Request, Response>, ...values: Request[]) {
  return values.map((value) => ({ name: rpc.method, value, again: () => rpc.decodeRequest(rpc.encodeRequest(value)) }));
}

function responses<Request, Response>(rpc: Rpc<Request, Response>, ...values: Response[]) {
  return values.map((value) => ({
    name: rpc.method,
    value,
    again: () => rpc.decodeResponse(rpc.encodeResponse(value)),
  }));
}

const all: readonly { name: string; value: unknown; again: () => unknown }[] = [
  ...requests(listGroupsRpc, { after: '', limit: 10, states: [] }, { after: 'a', limit: 1, states: ['Stable'] }),
  ...responses(
    listGroupsRpc,
    { error: 'NONE', groups: [{ groupId: 'g', protocolType: 'consumer', state: 'Empty' }] },
    { error: 'COORDINATOR_LOAD_IN_PROGRESS', groups: [] },
  ),
  ...requests(describeGroupRpc, { groupId: 'g' }),
  ...responses(describeGroupRpc, {
    state: 'Stable',
    protocolType: 'consumer',
    protocolName: 'range',
    members: [member, { ...member, groupInstanceId: 'static' }],
  }),
  ...requests(deleteGroupRpc, { groupId: 'g' }),
  ...responses(deleteGroupRpc, {}),
  ...requests(listGroupOffsetsRpc, { groupId: 'g', limit: 5 }, { groupId: 'g', after: orders, limit: 5 }),
  ...responses(listGroupOffsetsRpc, {
    offsets: [
      { topicPartition: orders, offset: offset(7), leaderEpoch: 2, metadata: 'note' },
      { topicPartition: orders, offset: offset(0), leaderEpoch: NO_EPOCH, metadata: '' },
    ],
  }),
  ...requests(listReplicaLogsRpc, { limit: 5 }, { after: orders, limit: 5 }),
  ...responses(listReplicaLogsRpc, { logs }),
  ...requests(describeReplicaLogsRpc, { partitions: [orders] }),
  ...responses(describeReplicaLogsRpc, { logs }),
  ...requests(listTopicConfigsRpc, { topic: 'orders', metadataEnd: offset(7) }),
  ...responses(listTopicConfigsRpc, {
    configs: [
      { key: 'retention.ms', value: '1', source: 1 },
      { key: 'follower.replication.throttled.replicas', value: undefined, source: 5 },
    ],
  }),
];

describe('the RPCs of BrokerAdminService', () => {
  it.each(all)('$name keeps what it carries', ({ value, again }) => {
    expect(again()).toEqual(value);
  });

  it('refuse what cannot be', () => {
    const negative = toBinary(
      BrokerListGroupOffsetsRequestSchema,
      create(BrokerListGroupOffsetsRequestSchema, { groupId: 'g', limit: -1 }),
    );
    expect(() => listGroupOffsetsRpc.decodeRequest(negative)).toThrow(MalformedInput);
    const nowhere = toBinary(
      BrokerListReplicaLogsResponseSchema,
      create(BrokerListReplicaLogsResponseSchema, { logs: [{ logEndOffset: 1n }] }),
    );
    expect(() => listReplicaLogsRpc.decodeResponse(nowhere)).toThrow(MalformedInput);
  });
});
