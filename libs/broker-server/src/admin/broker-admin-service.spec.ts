import {
  deleteGroupRpc,
  describeGroupRpc,
  describeReplicaLogsRpc,
  listGroupOffsetsRpc,
  listGroupsRpc,
  listReplicaLogsRpc,
  listTopicConfigsRpc,
  type Rpc,
} from '@milena/cluster-protocol';
import type { DescribedMember, FetchedOffset, ListedGroup } from '@milena/coordinator';
import { addOffset, NO_EPOCH, type Result, ZERO_OFFSET } from '@milena/model';
import type { ServiceHost, UnaryHandler } from '@milena/platform';
import { fakeGroups } from '../api/testing/fake-groups';
import type { GroupCoordinators } from '../coordinator/group-coordinators';
import { BrokerScene, TOPIC } from '../testing/broker-scene';
import { serveBrokerAdmin } from './broker-admin-service';

/** Calls a broker of a scene over the scene's network. */
async function ask<Request, Response>(
  scene: BrokerScene,
  id: number,
  rpc: Rpc<Request, Response>,
  request: Request,
  timeoutMs = 1000,
): Promise<Response | string> {
  const channel = scene.network.join('gateway').connector.connect({ host: `host${id}`, port: 9094 }, 'admin');
  const call = channel.unary(rpc.method, rpc.encodeRequest(request), { timeoutMs });
  const outcome = await scene.time.resolve(call, timeoutMs);
  if (outcome.ok) return rpc.decodeResponse(outcome.value);
  return outcome.error.failure?.code ?? outcome.error.message;
}

/** The service on coordinators of which the spec scripts what it needs. */
function administered(scripted: Partial<GroupCoordinators>) {
  const handlers = new Map<string, UnaryHandler>();
  const host: ServiceHost = {
    unary: (method, handler) => void handlers.set(method, handler),
    stream: () => undefined,
  };
  const unused = () => {
    throw new Error('not asked');
  };
  serveBrokerAdmin(host, {
    broker: { image: unused, config: undefined as never, groups: fakeGroups(scripted) },
    replicaLogs: { list: unused, find: unused },
    waitForMetadataEnd: unused,
  });
  return async <Request, Response>(rpc: Rpc<Request, Response>, request: Request): Promise<Response | string> => {
    const answer: Result<Uint8Array> = await handlers.get(rpc.method)!(rpc.encodeRequest(request), { peer: 'spec' });
    return answer.ok ? rpc.decodeResponse(answer.value) : answer.error.code;
  };
}

describe('BrokerAdminService, on logs', () => {
  const partition = { topic: TOPIC.name, partition: 0 };

  it('tells where the logs of its replicas begin and end, and which of them it leads', async () => {
    const scene = new BrokerScene();
    await scene.start(1, 2);
    scene.createTopic([1, 2]);
    await scene.time.advance(100);
    await scene.produced(1, ['a', 'b', 'c']);
    await scene.time.advance(1000);
    const log = {
      topicPartition: partition,
      logStartOffset: 0,
      logEndOffset: 3,
      highWatermark: 3,
      sizeInBytes: expect.any(Number),
    };
    expect(await ask(scene, 1, listReplicaLogsRpc, { limit: 10 })).toEqual({ logs: [{ ...log, isLeader: true }] });
    expect(await ask(scene, 2, describeReplicaLogsRpc, { partitions: [partition] })).toEqual({
      logs: [{ ...log, isLeader: false }],
    });
  });

  it('leaves out what is not there, and goes on behind what was named', async () => {
    const scene = new BrokerScene();
    await scene.start(1);
    scene.createTopic([1]);
    await scene.time.advance(100);
    const strange = { topic: TOPIC.name, partition: 7 };
    expect(await ask(scene, 1, describeReplicaLogsRpc, { partitions: [strange] })).toEqual({ logs: [] });
    expect(await ask(scene, 1, listReplicaLogsRpc, { after: partition, limit: 10 })).toEqual({ logs: [] });
    const before = { topic: 'a', partition: 3 };
    expect(await ask(scene, 1, listReplicaLogsRpc, { after: before, limit: 10 })).toMatchObject({ logs: [{}] });
  });

  it("tells a topic's configuration as this broker has it", async () => {
    const scene = new BrokerScene({ config: { 'log.retention.ms': '5000' } });
    await scene.start(1);
    scene.createTopic([1], {}, { 'segment.bytes': '2000000' });
    await scene.time.advance(100);
    const now = { metadataEnd: ZERO_OFFSET };
    const answer = await ask(scene, 1, listTopicConfigsRpc, { topic: TOPIC.name, ...now });
    const configs = typeof answer === 'string' ? [] : answer.configs;
    expect(configs).toContainEqual({ key: 'segment.bytes', value: '2000000', source: 1 });
    expect(configs).toContainEqual({ key: 'retention.ms', value: '5000', source: 4 });
    expect(configs).toContainEqual({ key: 'compression.type', value: 'producer', source: 5 });
    expect(configs.map(({ key }) => key)).toEqual(configs.map(({ key }) => key).sort());
    expect(await ask(scene, 1, listTopicConfigsRpc, { topic: 'none', ...now })).toBe('UNKNOWN_TOPIC_OR_PARTITION');
  });

  it('waits with that, and not for ever, until it has the metadata that is asked for', async () => {
    const scene = new BrokerScene();
    await scene.start(1);
    const { offset: last } = scene.log.image.provenance;
    const asked = ask(scene, 1, listTopicConfigsRpc, { topic: TOPIC.name, metadataEnd: addOffset(last, 2) });
    scene.createTopic([1]);
    expect(await asked).toMatchObject({ configs: expect.anything() });
    const later = { topic: TOPIC.name, metadataEnd: addOffset(last, 1000) };
    expect(await ask(scene, 1, listTopicConfigsRpc, later, 3_000)).toBe('BROKER_NOT_AVAILABLE');
  });
});

describe('BrokerAdminService, on groups', () => {
  const group = (groupId: string): ListedGroup => ({
    groupId,
    protocolType: 'consumer',
    state: 'Stable',
    type: 'classic',
  });
  const member: DescribedMember = {
    memberId: 'm',
    clientId: 'c',
    clientHost: '/127.0.0.1',
    metadata: Buffer.from([0, 1]),
    assignment: Buffer.from([2]),
  };
  const described = (state: 'Stable' | 'Dead') => (groupId: string) =>
    Promise.resolve({
      error: 'NONE' as const,
      groupId,
      state,
      protocolType: 'consumer',
      protocol: 'range',
      members: [member],
    });

  it('lists page by page in the order of bytes', async () => {
    const all = ['\u{1f600}', 'b', 'a', '\uffff'].map(group);
    const call = administered({ listGroups: () => Promise.resolve({ error: 'NONE', groups: all }) });
    const first = await call(listGroupsRpc, { after: '', limit: 3, states: [] });
    expect(first).toMatchObject({ error: 'NONE', groups: [{ groupId: 'a' }, { groupId: 'b' }, { groupId: '\uffff' }] });
    const second = await call(listGroupsRpc, { after: '\uffff', limit: 3, states: [] });
    expect(second).toMatchObject({ groups: [{ groupId: '\u{1f600}' }] });
  });

  it('hands on which states are wanted, and that groups are still being read', async () => {
    const call = administered({
      listGroups: ({ states }) =>
        Promise.resolve({ error: 'COORDINATOR_LOAD_IN_PROGRESS', groups: states.map((state) => group(state)) }),
    });
    expect(await call(listGroupsRpc, { after: '', limit: 3, states: ['Empty'] })).toMatchObject({
      error: 'COORDINATOR_LOAD_IN_PROGRESS',
      groups: [{ groupId: 'Empty' }],
    });
  });

  it('describes a group, and says when nobody knows it', async () => {
    const known = administered({ describeGroup: described('Stable') });
    expect(await known(describeGroupRpc, { groupId: 'g' })).toEqual({
      state: 'Stable',
      protocolType: 'consumer',
      protocolName: 'range',
      members: [{ ...member, metadata: new Uint8Array([0, 1]), assignment: new Uint8Array([2]) }],
    });
    const unknown = administered({ describeGroup: described('Dead') });
    expect(await unknown(describeGroupRpc, { groupId: 'g' })).toBe('GROUP_ID_NOT_FOUND');
    expect(await unknown(listGroupOffsetsRpc, { groupId: 'g', limit: 5 })).toBe('GROUP_ID_NOT_FOUND');
  });

  it("passes on the coordinator's refusal to delete", async () => {
    const call = administered({
      deleteGroups: ([groupId = '']) =>
        Promise.resolve([{ groupId, error: groupId === 'busy' ? 'NON_EMPTY_GROUP' : 'NONE' }]),
    });
    expect(await call(deleteGroupRpc, { groupId: 'busy' })).toBe('NON_EMPTY_GROUP');
    expect(await call(deleteGroupRpc, { groupId: 'idle' })).toEqual({});
  });

  it('lists committed offsets by topic and partition, without those that are none', async () => {
    const committed = (partition: number, next: number): FetchedOffset => ({
      partition,
      offset: next,
      leaderEpoch: NO_EPOCH,
      metadata: '',
      error: 'NONE',
    });
    const call = administered({
      describeGroup: described('Stable'),
      fetchOffsets: () =>
        Promise.resolve({
          error: 'NONE',
          topics: [
            { topic: 'b', partitions: [committed(0, 7)] },
            { topic: 'a', partitions: [committed(10, 1), committed(2, 2), committed(3, -1)] },
          ],
        }),
    });
    const positions = async (after?: { topic: string; partition: number }) => {
      const request = { groupId: 'g', ...(after === undefined ? {} : { after }), limit: 2 };
      const answer = await call(listGroupOffsetsRpc, request);
      if (typeof answer === 'string') return answer;
      return answer.offsets.map(({ topicPartition: { topic, partition }, offset }) => [topic, partition, offset]);
    };
    expect(await positions()).toEqual([
      ['a', 2, 2],
      ['a', 10, 1],
    ]);
    expect(await positions({ topic: 'a', partition: 10 })).toEqual([['b', 0, 7]]);
  });
});
