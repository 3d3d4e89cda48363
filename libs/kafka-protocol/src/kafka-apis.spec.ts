import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ByteReader } from '@milena/bytes';
import { apiVersions } from './apis/api-versions';
import { fetch } from './apis/fetch';
import { incrementalAlterConfigs } from './apis/incremental-alter-configs';
import { initProducerId } from './apis/init-producer-id';
import { joinGroup } from './apis/join-group';
import { listOffsets } from './apis/list-offsets';
import { metadata } from './apis/metadata';
import { offsetFetch } from './apis/offset-fetch';
import { produce } from './apis/produce';
import { syncGroup } from './apis/sync-group';
import { consumerAssignment } from './consumer-protocol/consumer-assignment';
import { consumerSubscription } from './consumer-protocol/consumer-subscription';
import { KAFKA_APIS } from './kafka-apis';
import { readRequestHeader } from './request-header';

/** Frames of a file in testdata, one a line: name, version, bytes. */
function framesOf(file: string) {
  return readFileSync(join(__dirname, '../testdata', file), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [name = '', version = '', hex = ''] = line.split(' ');
      return { name, version: Number(version), frame: Buffer.from(hex, 'hex') };
    });
}

const KCAT = framesOf('kcat-1.7.1-requests.hex');
const KAFKA = framesOf('kafka-4.1.1-requests.hex');

function capturedBody(
  name: string,
  captured = KCAT,
): { readonly reader: ByteReader; readonly version: number; readonly frame: Buffer } {
  const row = captured.find((entry) => entry.name === name);
  if (row === undefined) throw new Error(`no capture of ${name}`);
  const reader = new ByteReader(row.frame);
  readRequestHeader(reader);
  return { reader, version: row.version, frame: row.frame };
}

describe('requests captured from clients', () => {
  it.each([...KCAT, ...KAFKA])(
    '$name v$version decode to the last byte and encode to the same bytes',
    ({ name, version, frame }) => {
      const api = KAFKA_APIS.find((entry) => entry.name === name);
      const reader = new ByteReader(frame);
      const header = readRequestHeader(reader);
      expect(header).toMatchObject({ apiKey: api?.key, apiVersion: version });
      const body = api?.decodeRequest(reader, version);
      expect(reader.remaining).toBe(0);
      expect(api?.encodeRequest(header, body ?? {}).toString('hex')).toBe(frame.toString('hex'));
    },
  );

  it('name the client in compact strings after a header whose client id is not compact', () => {
    const { reader, version } = capturedBody('ApiVersions');
    expect(apiVersions.decodeRequest(reader, version)).toEqual({
      clientSoftwareName: 'librdkafka',
      clientSoftwareVersion: '2.0.2',
    });
  });

  it('carry record bytes that are views into the frame', () => {
    const { reader, version, frame } = capturedBody('Produce');
    const body = produce.decodeRequest(reader, version);
    expect(body).toMatchObject({ transactionalId: null, acks: -1, timeoutMs: 30000 });
    const records = body.topicData[0]?.partitionData[0]?.records;
    expect(records?.length).toBe(78);
    expect(records?.buffer).toBe(frame.buffer);
  });

  it('carry what members and administrators say of groups', () => {
    const join5 = capturedBody('JoinGroup');
    const { protocols } = joinGroup.decodeRequest(join5.reader, join5.version);
    expect(protocols.map(({ name }) => name)).toEqual(['range', 'roundrobin']);
    expect(consumerSubscription.decode(protocols[0]!.metadata).topics).toEqual(['golden']);
    const sync = capturedBody('SyncGroup');
    const [given] = syncGroup.decodeRequest(sync.reader, sync.version).assignments;
    expect(consumerAssignment.decode(given!.assignment).assignedPartitions).toEqual([
      { topic: 'golden', partitions: [0] },
    ]);
    const join9 = capturedBody('JoinGroup', KAFKA);
    expect(joinGroup.decodeRequest(join9.reader, join9.version)).toMatchObject({
      sessionTimeoutMs: 45_000,
      groupInstanceId: 'golden-1',
      protocolType: 'consumer',
    });
    const fetch9 = capturedBody('OffsetFetch', KAFKA);
    expect(offsetFetch.decodeRequest(fetch9.reader, fetch9.version).groups).toEqual([
      { groupId: 'golden-group2', memberId: null, memberEpoch: -1, topics: null },
    ]);
  });

  it('carry changes of configurations', () => {
    const { reader, version } = capturedBody('IncrementalAlterConfigs', KAFKA);
    expect(incrementalAlterConfigs.decodeRequest(reader, version).resources).toEqual([
      {
        resourceType: 2,
        resourceName: 'golden',
        configs: [{ name: 'retention.ms', configOperation: 0, value: '5000' }],
      },
    ]);
  });

  it('give fields of later versions their defaults', () => {
    const list = capturedBody('ListOffsets');
    expect(listOffsets.decodeRequest(list.reader, list.version).topics[0]?.partitions[0]).toEqual({
      partitionIndex: 0,
      currentLeaderEpoch: -1,
      timestamp: -2,
    });
    const read = capturedBody('Fetch');
    expect(fetch.decodeRequest(read.reader, read.version)).toMatchObject({
      sessionId: 0,
      sessionEpoch: -1,
      replicaState: null,
      topics: [{ topic: 'golden', partitions: [{ fetchOffset: 0, lastFetchedEpoch: -1 }] }],
    });
    const init = capturedBody('InitProducerId');
    expect(initProducerId.decodeRequest(init.reader, init.version).transactionalId).toBeNull();
    const ask = capturedBody('Metadata');
    expect(metadata.decodeRequest(ask.reader, ask.version)).toMatchObject({ allowAutoTopicCreation: true });
  });
});

describe('version ranges', () => {
  it('are those of a Kafka 4.x broker', () => {
    const ranges = Object.fromEntries(
      KAFKA_APIS.map((api) => [api.name, [api.key, api.versions.min, api.versions.max]]),
    );
    expect(ranges).toEqual({
      Produce: [0, 0, 13],
      Fetch: [1, 4, 18],
      ListOffsets: [2, 1, 11],
      Metadata: [3, 0, 13],
      OffsetCommit: [8, 2, 10],
      OffsetFetch: [9, 1, 10],
      FindCoordinator: [10, 0, 6],
      JoinGroup: [11, 0, 9],
      Heartbeat: [12, 0, 4],
      LeaveGroup: [13, 0, 5],
      SyncGroup: [14, 0, 5],
      DescribeGroups: [15, 0, 6],
      ListGroups: [16, 0, 5],
      ApiVersions: [18, 0, 4],
      CreateTopics: [19, 2, 7],
      DeleteTopics: [20, 1, 6],
      DeleteRecords: [21, 0, 2],
      InitProducerId: [22, 0, 5],
      OffsetForLeaderEpoch: [23, 2, 4],
      DescribeConfigs: [32, 1, 4],
      AlterConfigs: [33, 0, 2],
      DescribeLogDirs: [35, 1, 4],
      CreatePartitions: [37, 0, 3],
      DeleteGroups: [42, 0, 3],
      ElectLeaders: [43, 0, 2],
      IncrementalAlterConfigs: [44, 0, 1],
      AlterPartitionReassignments: [45, 0, 1],
      ListPartitionReassignments: [46, 0, 0],
      OffsetDelete: [47, 0, 0],
      DescribeQuorum: [55, 0, 2],
      UpdateFeatures: [57, 0, 2],
      DescribeCluster: [60, 0, 2],
      UnregisterBroker: [64, 0, 0],
      ListConfigResources: [74, 0, 1],
      DescribeTopicPartitions: [75, 0, 0],
      AddRaftVoter: [80, 0, 1],
      RemoveRaftVoter: [81, 0, 0],
    });
  });

  it('advertise Produce from 0, or librdkafka compresses nothing, while serving it from 3', () => {
    expect(produce.versions.min).toBe(0);
    expect(produce.servedSince).toBe(3);
  });
});
