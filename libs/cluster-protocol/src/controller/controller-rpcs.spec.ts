import { create, toBinary } from '@bufbuild/protobuf';
import { MalformedInput } from '@milena/bytes';
import { failure, NO_NODE, NO_OFFSET, offset, producerId, success } from '@milena/model';
import {
  BrokerHeartbeatRequestSchema,
  DeleteTopicsRequestSchema,
  ElectLeadersRequestSchema,
  IncrementalAlterConfigsRequestSchema,
  RegisterBrokerRequestSchema,
  UpdateFeaturesRequestSchema,
} from '@milena/proto';
import { allocateProducerIdsRpc } from './allocate-producer-ids-rpc';
import { alterConfigsRpc } from './alter-configs-rpc';
import { alterPartitionReassignmentsRpc } from './alter-partition-reassignments-rpc';
import { alterPartitionRpc } from './alter-partition-rpc';
import { brokerHeartbeatRpc } from './broker-heartbeat-rpc';
import type { Rpc } from '../rpc';
import { createPartitionsRpc } from './create-partitions-rpc';
import { createTopicsRpc } from './create-topics-rpc';
import { deleteTopicsRpc } from './delete-topics-rpc';
import { electLeadersRpc } from './elect-leaders-rpc';
import { incrementalAlterConfigsRpc } from './incremental-alter-configs-rpc';
import { registerBrokerRpc } from './register-broker-rpc';
import { unregisterBrokerRpc } from './unregister-broker-rpc';
import { updateFeaturesRpc } from './update-features-rpc';

const id = 'AAAAAAAAAAAAAAAAAAAABQ';
const principal = 'User:alice';
const altered = {
  metadataOffset: NO_OFFSET,
  resources: [
    { resource: { type: 'TOPIC' as const, name: 'a' }, result: success(null) },
    { resource: { type: 'BROKER' as const, name: '7' }, result: failure('BROKER_ID_NOT_REGISTERED', 'no broker 7') },
  ],
};
const outcomes = {
  metadataOffset: offset(7),
  topics: [
    {
      name: 'a',
      partitions: [
        { partition: 0, result: success(null) },
        { partition: 1, result: failure('NO_REASSIGNMENT_IN_PROGRESS', 'nothing is being reassigned') },
      ],
    },
  ],
};
const refused = failure('STALE_BROKER_EPOCH', 'broker 1 is registered with epoch 7');

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

const CASES = [
  ...requests(registerBrokerRpc, {
    principal,
    clusterId: id,
    brokerId: 3,
    incarnationId: id,
    listeners: [{ name: 'INTERNAL', host: '::1', port: 9094, securityProtocol: 'SASL_SSL' }],
    features: [{ name: 'metadata.version', minLevel: 1, maxLevel: 27 }],
    rack: 'a',
    logDirectories: [id],
    previousBrokerEpoch: -1,
  }),
  ...responses(registerBrokerRpc, success({ brokerEpoch: 12 }), failure('DUPLICATE_BROKER_REGISTRATION', 'held')),
  ...requests(brokerHeartbeatRpc, {
    principal,
    brokerId: 0,
    brokerEpoch: 7,
    currentMetadataOffset: -1,
    wantFence: true,
    wantShutDown: false,
    offlineLogDirectories: [id],
  }),
  ...responses(brokerHeartbeatRpc, success({ isCaughtUp: true, isFenced: false, shouldShutDown: true }), refused),
  ...requests(allocateProducerIdsRpc, { principal, brokerId: 1, brokerEpoch: 7 }),
  ...responses(allocateProducerIdsRpc, success({ firstProducerId: producerId(0), count: 1000 }), refused),
  ...requests(alterPartitionRpc, {
    principal,
    brokerId: 1,
    brokerEpoch: 7,
    topics: [
      {
        topicId: id,
        partitions: [
          {
            partition: 0,
            leaderEpoch: 3,
            partitionEpoch: 9,
            newIsr: [
              { brokerId: 1, brokerEpoch: 7 },
              { brokerId: 2, brokerEpoch: -1 },
            ],
            leaderRecoveryState: 'RECOVERING',
            minInsyncReplicas: 2,
          },
        ],
      },
    ],
  }),
  ...responses(
    alterPartitionRpc,
    refused,
    success({
      metadataOffset: offset(41),
      topics: [
        {
          topicId: id,
          partitions: [
            { partition: 0, result: failure('INELIGIBLE_REPLICA', '') },
            {
              partition: 1,
              result: success({
                leader: NO_NODE,
                leaderEpoch: 2,
                isr: [1, 2],
                leaderRecoveryState: 'RECOVERED' as const,
                partitionEpoch: 5,
              }),
            },
          ],
        },
      ],
    }),
  ),
  ...requests(createTopicsRpc, {
    principal,
    validateOnly: true,
    timeoutMs: 5000,
    topics: [
      {
        name: 'orders',
        partitions: -1,
        replicationFactor: -1,
        assignments: [{ partition: 0, brokerIds: [1, 2] }],
        configs: [
          { name: 'retention.ms', value: '' },
          { name: 'cleanup.policy', value: undefined },
        ],
      },
    ],
  }),
  ...responses(createTopicsRpc, {
    metadataOffset: NO_OFFSET,
    topics: [
      { name: 'a', result: failure('TOPIC_ALREADY_EXISTS', "topic 'a' already exists") },
      { name: 'b', result: success({ topicId: undefined, partitions: 3, replicationFactor: 1, configs: [] }) },
      {
        name: 'c',
        result: success({
          topicId: id,
          partitions: 1,
          replicationFactor: 1,
          configs: [{ name: 'k', value: undefined, readOnly: false, source: 5, sensitive: true }],
        }),
      },
    ],
  }),
  ...requests(deleteTopicsRpc, { principal, topics: [{ name: 'a' }, { topicId: id }], timeoutMs: 1 }),
  ...responses(deleteTopicsRpc, {
    metadataOffset: offset(3),
    topics: [
      { name: 'a', topicId: id, result: success(null) },
      { topicId: id, result: failure('UNKNOWN_TOPIC_ID', 'there is no such topic') },
    ],
  }),
  ...requests(createPartitionsRpc, {
    principal,
    validateOnly: true,
    timeoutMs: 5000,
    topics: [
      { name: 'a', count: -1, assignments: undefined },
      { name: 'b', count: 3, assignments: [[1, 2], []] },
    ],
  }),
  ...responses(createPartitionsRpc, {
    metadataOffset: offset(7),
    topics: [
      { name: 'a', result: failure('INVALID_PARTITIONS', 'that is no increase') },
      { name: 'b', result: success(null) },
    ],
  }),
  ...requests(alterPartitionReassignmentsRpc, {
    principal,
    topics: [
      {
        name: 'a',
        partitions: [
          { partition: 0, target: [3, 1] },
          { partition: 1, target: undefined },
          { partition: 2, target: [] },
        ],
      },
    ],
    allowReplicationFactorChange: true,
    validateOnly: false,
    timeoutMs: 5000,
  }),
  ...responses(alterPartitionReassignmentsRpc, outcomes),
  ...requests(
    electLeadersRpc,
    { principal, electionType: 'UNCLEAN', topics: undefined, validateOnly: false, timeoutMs: 1 },
    { principal, electionType: 'PREFERRED', topics: [], validateOnly: true, timeoutMs: 1 },
    {
      principal,
      electionType: 'PREFERRED',
      topics: [{ name: 'a', partitions: [0, 7] }],
      validateOnly: true,
      timeoutMs: 1,
    },
  ),
  ...responses(electLeadersRpc, outcomes),
  ...requests(updateFeaturesRpc, {
    principal,
    updates: [
      { name: 'metadata.version', level: 27, upgradeType: 'UPGRADE' as const },
      { name: 'a', level: 0, upgradeType: 'SAFE_DOWNGRADE' as const },
      { name: 'b', level: 1, upgradeType: 'UNSAFE_DOWNGRADE' as const },
    ],
    validateOnly: true,
    timeoutMs: 5000,
  }),
  ...responses(
    updateFeaturesRpc,
    { result: success(null), metadataOffset: offset(7) },
    { result: failure('FEATURE_UPDATE_FAILED', 'no such level'), metadataOffset: NO_OFFSET },
  ),
  ...requests(unregisterBrokerRpc, { principal, brokerId: 7, timeoutMs: 5000 }),
  ...responses(
    unregisterBrokerRpc,
    { result: success(null), metadataOffset: offset(7) },
    { result: failure('BROKER_ID_NOT_REGISTERED', 'no broker 7'), metadataOffset: NO_OFFSET },
  ),
  ...requests(incrementalAlterConfigsRpc, {
    principal,
    validateOnly: false,
    timeoutMs: 0,
    resources: [
      {
        resource: { type: 'TOPIC' as const, name: 'a' },
        changes: [
          { name: 'k', operation: 'SET' as const, value: '' },
          { name: 'l', operation: 'DELETE' as const, value: undefined },
          { name: 'm', operation: 'APPEND' as const, value: 'x,y' },
          { name: 'n', operation: 'SUBTRACT' as const, value: 'x' },
        ],
      },
      { resource: { type: 'BROKER' as const, name: '' }, changes: [] },
    ],
  }),
  ...responses(incrementalAlterConfigsRpc, altered),
  ...requests(alterConfigsRpc, {
    principal,
    validateOnly: true,
    timeoutMs: 5000,
    resources: [
      {
        resource: { type: 'BROKER' as const, name: '1' },
        entries: [
          { name: 'k', value: 'v' },
          { name: 'l', value: undefined },
        ],
      },
    ],
  }),
  ...responses(alterConfigsRpc, altered),
];

describe('controller RPCs', () => {
  it.each(CASES)('$name: $value comes back as it was', ({ value, again }) => {
    expect(again()).toEqual(value);
  });

  it('are named by the path of their service', () => {
    expect(registerBrokerRpc.method).toBe('/milena.controller.v1.BrokerLifecycleService/RegisterBroker');
    expect(createTopicsRpc.method).toBe('/milena.controller.v1.ControllerService/CreateTopics');
  });

  it.each([
    ['an incarnation that is no uuid', () => registration({ incarnationId: 'x' })],
    ['a log directory that is no uuid', () => registration({ logDirs: ['../etc'] })],
    ['a negative broker id', () => registration({ brokerId: -1 })],
    ['a port out of range', () => registration({ listeners: [{ name: 'A', host: 'h', port: 65536 }] })],
    ['a listener without a host', () => registration({ listeners: [{ name: 'A', port: 1 }] })],
    ['a host nobody can connect to', () => registration({ listeners: [{ name: 'A', host: 'h\0', port: 1 }] })],
    [
      'an unknown security protocol',
      () => registration({ listeners: [{ name: 'A', host: 'h', port: 1, securityProtocol: 9 }] }),
    ],
    ['an epoch beyond the safe integers', () => heartbeat({ brokerEpoch: 2n ** 60n })],
    ['a metadata offset below none', () => heartbeat({ currentMetadataOffset: -2n })],
    ['bytes that are no message', () => brokerHeartbeatRpc.decodeRequest(Buffer.from([0x08]))],
    ['an unknown config operation', () => configChange({ changes: [{ name: 'k', operation: 4 }] })],
    ['an unknown kind of config resource', () => configChange({ resource: { resourceType: 3 } })],
    ['an unknown type of election', () => election({ electionType: 2 })],
    ['an unknown way for a feature to go', () => feature({ upgradeType: 0 })],
    ['changes of no resource', () => configChange({ resource: undefined })],
    [
      'a topic id that is no uuid',
      () =>
        deleteTopicsRpc.decodeRequest(
          toBinary(DeleteTopicsRequestSchema, create(DeleteTopicsRequestSchema, { topics: [{ topicId: 'x' }] })),
        ),
    ],
  ])('refuse %s', (_what, decode) => {
    expect(decode).toThrow(MalformedInput);
  });
});

function registration(fields: object) {
  const message = create(RegisterBrokerRequestSchema, { clusterId: id, incarnationId: id, logDirs: [id], ...fields });
  return registerBrokerRpc.decodeRequest(toBinary(RegisterBrokerRequestSchema, message));
}

function heartbeat(fields: object) {
  return brokerHeartbeatRpc.decodeRequest(
    toBinary(BrokerHeartbeatRequestSchema, create(BrokerHeartbeatRequestSchema, fields)),
  );
}

function election(fields: object) {
  const message = create(ElectLeadersRequestSchema, fields);
  return electLeadersRpc.decodeRequest(toBinary(ElectLeadersRequestSchema, message));
}

function feature(fields: object) {
  const message = create(UpdateFeaturesRequestSchema, { updates: [fields] });
  return updateFeaturesRpc.decodeRequest(toBinary(UpdateFeaturesRequestSchema, message));
}

function configChange(fields: object) {
  const resources = [{ resource: { resourceType: 2 }, changes: [], ...fields }];
  const message = create(IncrementalAlterConfigsRequestSchema, { resources });
  return incrementalAlterConfigsRpc.decodeRequest(toBinary(IncrementalAlterConfigsRequestSchema, message));
}
