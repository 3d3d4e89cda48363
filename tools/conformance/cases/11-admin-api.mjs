import { startCluster } from '../cluster.mjs';
import { AdminError, adminCallers, adminPackage, runBufCurl, runGrpcurl } from '../clients/admin-callers.mjs';
import { startMember } from '../clients/group-member.mjs';
import { startKazoo } from '../clients/kazoo.mjs';
import { metadataOf, produceLines } from '../clients/kcat.mjs';
import { expect, until } from '../process.mjs';

export const title =
  'grpcurl, buf curl and JSON over HTTP: list, describe, every method called, errors with reasons, writes seen everywhere';
export const needs = ['kcat', 'python', 'grpcurl'];

const visibleWithinMs = 1_000;
const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
const records = 50;

/** A caller that remembers the methods it was used for. */
function remembering(call, called) {
  return (method, request = {}) => {
    called.add(method);
    return call(method, request);
  };
}

async function refused(promise, code, reason) {
  const error = await promise.then(
    (answer) => new Error(`should have been refused with ${reason}, was answered ${JSON.stringify(answer)}`),
    (thrown) => thrown,
  );
  if (!(error instanceof AdminError)) throw error;
  expect(error.code === code, `${reason} came as ${error.code}, not ${code}: ${error.said}`);
  expect(/ErrorInfo/.test(error.said) && error.said.includes(reason), `no ErrorInfo with ${reason}: ${error.said}`);
}

/** Follows next_page_token with small pages until the end; gives all items. */
async function allPages(call, method, request, field, pageSize = 1) {
  const items = [];
  let pageToken = '';
  for (let pages = 0; pages < 500; pages += 1) {
    const answer = await call(method, { ...request, pageSize, pageToken });
    const page = answer[field] ?? [];
    expect(page.length <= pageSize, `${method}: a page of ${page.length} where ${pageSize} were asked for`);
    items.push(...page);
    pageToken = answer.nextPageToken ?? '';
    if (pageToken === '') return items;
  }
  throw new Error(`${method}: pages without end`);
}

async function clusterAndQuorum(call, cluster) {
  const { cluster: described } = await call('ClusterService/GetCluster');
  expect(described.brokerCount === 3 && described.clusterId.length === 22, `GetCluster: ${JSON.stringify(described)}`);
  expect(timestamp.test(described.metadataTime), `GetCluster: metadataTime is ${described.metadataTime}`);
  expect('metadata.version' in described.features, `GetCluster: features are ${JSON.stringify(described.features)}`);
  const active = await cluster.activeController();
  expect(
    described.activeControllerId === active,
    `GetCluster: controller ${described.activeControllerId}, not ${active}`,
  );
  const { health } = await call('ClusterService/GetClusterHealth');
  expect(health.status === 'STATUS_HEALTHY', `GetClusterHealth: ${JSON.stringify(health)}`);
  const features = await allPages(call, 'ClusterService/ListFeatures', {}, 'features');
  const finalized = Object.fromEntries(features.map(({ name, finalizedLevel }) => [name, finalizedLevel ?? 0]));
  for (const [name, level] of Object.entries(described.features))
    expect(
      finalized[name.replace(/^features\//, '')] ?? finalized[`features/${name}`] === level,
      `ListFeatures lacks ${name}`,
    );
  const { quorum } = await call('QuorumService/GetQuorum');
  expect(quorum.leaderId === active, `GetQuorum: leader ${quorum.leaderId}, not ${active}`);
  expect(quorum.voters.length === 3, `GetQuorum: ${quorum.voters.length} voters`);
  const observers = (quorum.observers ?? []).map(({ nodeId }) => nodeId);
  for (const id of [...cluster.ids('broker'), ...cluster.ids('gateway')])
    expect(observers.includes(id), `GetQuorum: observers are ${observers}, without ${id}`);
  const fetched = [...quorum.voters, ...quorum.observers].filter(({ nodeId }) => nodeId !== active);
  for (const replica of fetched)
    expect(timestamp.test(replica.lastFetchTime), `GetQuorum: ${JSON.stringify(replica)} has no time of fetch`);
}

async function brokers(call, cluster) {
  const listed = await allPages(call, 'BrokerService/ListBrokers', {}, 'brokers');
  expect(`${listed.map(({ brokerId }) => brokerId)}` === '1,2,3', `ListBrokers: ${JSON.stringify(listed)}`);
  const { broker } = await call('BrokerService/GetBroker', { name: 'brokers/1' });
  expect(broker.state === 'STATE_ACTIVE', `GetBroker: ${JSON.stringify(broker)}`);
  const address = broker.listeners.map(({ host, port }) => `${host}:${port}`);
  expect(address.includes(cluster.listener('broker', 1, 'PLAINTEXT')), `GetBroker: it listens on ${address}`);
  expect('metadata.version' in (broker.supportedFeatures ?? {}), `GetBroker: ${JSON.stringify(broker)}`);
  const logs = await allPages(call, 'BrokerService/ListReplicaLogs', { parent: 'brokers/1' }, 'replicaLogs');
  expect(
    logs.some(({ topic }) => /warm/.test(topic)),
    `ListReplicaLogs: ${JSON.stringify(logs.slice(0, 3))}`,
  );
  await refused(call('BrokerService/GetBroker', { name: 'brokers/77' }), 'NOT_FOUND', 'BROKER_ID_NOT_REGISTERED');
  await refused(call('BrokerService/ListBrokers', { pageSize: -1 }), 'INVALID_ARGUMENT', 'INVALID_REQUEST');
}

/** Creates a topic and times when Kafka clients of every broker and ZooKeeper clients see it. */
async function createdIsSeen(call, cluster, zookeeper, topic) {
  const request = { topic: { name: `topics/${topic}`, partitionCount: 3, replicationFactor: 3 } };
  request.topic.configs = { 'retention.ms': '3600000', 'cleanup.policy': 'delete' };
  const checked = await call('TopicService/CreateTopic', { ...request, validateOnly: true });
  expect(checked.topic.uid === undefined || checked.topic.uid === '', 'a topic that was only validated has a uid');
  await refused(call('TopicService/GetTopic', { name: `topics/${topic}` }), 'NOT_FOUND', 'UNKNOWN_TOPIC_OR_PARTITION');
  const created = await call('TopicService/CreateTopic', request);
  const answered = performance.now();
  expect(created.topic.partitionCount === 3 && created.topic.configs['retention.ms'] === '3600000', 'CreateTopic');
  const [inZooKeeper, ...inKafka] = await Promise.all([
    until(`${topic} under /brokers/topics`, 10_000, async () => {
      const children = await zookeeper.result('children', '/brokers/topics');
      return children.includes(topic) ? performance.now() - answered : undefined;
    }),
    ...cluster.ids('broker').map((id) =>
      until(`${topic} in kcat -L of broker ${id}`, 10_000, async () => {
        const { topics } = await metadataOf(cluster.listener('broker', id, 'PLAINTEXT'));
        return topics.some((each) => each.topic === topic) ? performance.now() - answered : undefined;
      }),
    ),
  ]);
  const last = Math.max(inZooKeeper, ...inKafka);
  expect(last <= visibleWithinMs, `${topic} was seen everywhere only after ${Math.round(last)} ms`);
  await refused(call('TopicService/CreateTopic', request), 'ALREADY_EXISTS', 'TOPIC_ALREADY_EXISTS');
  return last;
}

async function topicConfigs(call, name) {
  const listed = await allPages(call, 'TopicService/ListTopicConfigs', { parent: name }, 'configs', 15);
  const own = listed.find(({ key }) => key === 'retention.ms');
  expect(own?.value === '3600000' && own.source === 'SOURCE_TOPIC', `ListTopicConfigs: ${JSON.stringify(own)}`);
  expect(listed.length > 15, `ListTopicConfigs has ${listed.length} keys`);
  const { config } = await call('TopicService/GetTopicConfig', { name: `${name}/configs/segment.bytes` });
  expect(
    config.value === '1073741824' && config.source !== 'SOURCE_TOPIC',
    `GetTopicConfig: ${JSON.stringify(config)}`,
  );
  const alterations = [
    { key: 'retention.ms', operation: 'OPERATION_DELETE' },
    { key: 'max.message.bytes', operation: 'OPERATION_SET', value: '2000000' },
    { key: 'cleanup.policy', operation: 'OPERATION_APPEND', value: 'compact' },
  ];
  await call('TopicService/UpdateTopicConfigs', { name, alterations, validateOnly: true });
  const untouched = await call('TopicService/GetTopic', { name });
  expect(untouched.topic.configs['retention.ms'] === '3600000', 'validate_only changed a config');
  const { configs } = await call('TopicService/UpdateTopicConfigs', { name, alterations });
  expect(
    configs['retention.ms'] === undefined &&
      configs['max.message.bytes'] === '2000000' &&
      configs['cleanup.policy'].split(',').sort().join() === 'compact,delete',
    `UpdateTopicConfigs: ${JSON.stringify(configs)}`,
  );
  const { topic } = await call('TopicService/GetTopic', { name });
  expect(topic.configs['max.message.bytes'] === '2000000', 'a read after the write does not see it');
  const bad = [{ key: 'retention.ms', operation: 'OPERATION_SET', value: 'soon' }];
  await refused(
    call('TopicService/UpdateTopicConfigs', { name, alterations: bad }),
    'INVALID_ARGUMENT',
    'INVALID_CONFIG',
  );
}

/** A partition's replicas change places, and the one that is preferred now leads. */
async function placement(call, name) {
  const first = async () => {
    const { partitions } = await call('TopicService/ListPartitions', { parent: name });
    return partitions.find(({ index = 0 }) => index === 0);
  };
  const { replicaIds: before } = await first();
  const placements = [{ index: 0, brokerIds: [...before.slice(1), before[0]] }];
  await call('TopicService/ReassignPartitions', { name, placements, validateOnly: true });
  expect(`${(await first()).replicaIds}` === `${before}`, 'validate_only reassigned replicas');
  await call('TopicService/ReassignPartitions', { name, placements });
  expect(`${(await first()).replicaIds}` === `${placements[0].brokerIds}`, `${name}: replicas stayed ${before}`);
  await until('nothing to be reassigned', 10_000, async () => {
    const { reassignments = [] } = await call('TopicService/ListReassignments', { parent: name });
    return reassignments.length === 0;
  });
  await refused(
    call('TopicService/CancelReassignments', { name, partitionIndexes: [0] }),
    'FAILED_PRECONDITION',
    'NO_REASSIGNMENT_IN_PROGRESS',
  );
  const electionType = 'ELECTION_TYPE_PREFERRED';
  await call('TopicService/ElectLeaders', { name, partitionIndexes: [0], electionType });
  expect((await first()).leaderId === before[1], `ElectLeaders: ${JSON.stringify(await first())}`);
}

/** Changes of the cluster itself, as far as they can be asked for without doing harm. */
async function clusterChanges(call, cluster) {
  const name = 'features/eligible.leader.replicas.version';
  const { feature } = await call('ClusterService/GetFeature', { name });
  expect(feature.finalizedLevel === 1 && feature.supported.maxLevel >= 1, `GetFeature: ${JSON.stringify(feature)}`);
  const lower = { name, level: 0, direction: 'DIRECTION_SAFE_DOWNGRADE', validateOnly: true };
  await call('ClusterService/UpdateFeature', lower);
  const { feature: after } = await call('ClusterService/GetFeature', { name });
  expect(after.finalizedLevel === 1, 'validate_only changed a feature');
  const unknown = { name: 'brokers/77' };
  await refused(call('BrokerService/UnregisterBroker', unknown), 'NOT_FOUND', 'BROKER_ID_NOT_REGISTERED');
  const nodeId = cluster.ids('controller')[0];
  const directoryId = 'AAAAAAAAAAAAAAAAAAAAew';
  const newcomer = { nodeId, directoryId, host: '127.0.0.1', port: 9, timeoutMs: 1_000 };
  await refused(call('QuorumService/AddVoter', newcomer), 'ALREADY_EXISTS', 'DUPLICATE_VOTER');
  await refused(call('QuorumService/RemoveVoter', { nodeId, directoryId }), 'NOT_FOUND', 'VOTER_NOT_FOUND');
}

async function topics(call, name) {
  const listed = await allPages(call, 'TopicService/ListTopics', {}, 'topics');
  expect(
    listed.some((each) => each.name === name),
    `ListTopics: ${listed.map((each) => each.name)}`,
  );
  expect(!listed.some(({ internal }) => internal), 'ListTopics shows internal topics unasked');
  await topicConfigs(call, name);
  const { topic } = await call('TopicService/AddPartitions', { name, partitionCount: 5 });
  expect(topic.partitionCount === 5, `AddPartitions: ${JSON.stringify(topic)}`);
  await refused(
    call('TopicService/AddPartitions', { name, partitionCount: 2 }),
    'INVALID_ARGUMENT',
    'INVALID_PARTITIONS',
  );
  const partitions = await allPages(
    call,
    'TopicService/ListPartitions',
    { parent: name, includeLogs: true },
    'partitions',
  );
  expect(partitions.length === 5, `ListPartitions: ${partitions.length} partitions`);
  for (const { leaderId, replicaIds, isrIds, log } of partitions)
    expect(
      replicaIds.length === 3 && replicaIds.includes(leaderId) && isrIds.includes(leaderId) && log !== undefined,
      'a partition',
    );
  await placement(call, name);
  await call('TopicService/DeleteTopic', { name, validateOnly: true });
  await call('TopicService/GetTopic', { name });
  await call('TopicService/DeleteTopic', { name });
  await refused(call('TopicService/GetTopic', { name }), 'NOT_FOUND', 'UNKNOWN_TOPIC_OR_PARTITION');
}

/** A live group of one kcat member: listed, described, not to be deleted; empty, it is. */
async function groups(call, cluster, topic, group) {
  const name = `groups/${group}`;
  const member = startMember('kcat', { bootstrap: cluster.bootstrap, topic, group });
  try {
    const offsets = await until(`${group} to commit everything`, 30_000, async () => {
      const answer = await call('GroupService/ListGroupOffsets', { parent: name }).catch((error) => {
        if (error.code === 'NOT_FOUND' || error.code === 'UNAVAILABLE') return {};
        throw error;
      });
      const committed = (answer.offsets ?? []).reduce((sum, each) => sum + Number(each.committedOffset ?? 0), 0);
      return committed === records ? answer.offsets : undefined;
    });
    for (const { lag, topic: of } of offsets)
      expect(Number(lag) === 0 && of === topic, `offsets: ${JSON.stringify(offsets)}`);
    const listed = await allPages(call, 'GroupService/ListGroups', {}, 'groups');
    expect(
      listed.some((each) => each.groupId === group),
      `ListGroups: ${JSON.stringify(listed)}`,
    );
    const stable = await call('GroupService/ListGroups', { states: ['GROUP_STATE_EMPTY'] });
    expect(!(stable.groups ?? []).some((each) => each.groupId === group), 'a live group is listed as empty');
    const { group: described } = await call('GroupService/GetGroup', { name });
    const assigned = described.members[0].assignments.flatMap(({ partitions }) => partitions);
    expect(
      described.state === 'GROUP_STATE_STABLE' && described.members.length === 1 && assigned.length === 3,
      `GetGroup: ${JSON.stringify(described)}`,
    );
    await refused(call('GroupService/DeleteGroup', { name }), 'FAILED_PRECONDITION', 'NON_EMPTY_GROUP');
    await member.stop();
    await call('GroupService/DeleteGroup', { name, validateOnly: true });
    await call('GroupService/DeleteGroup', { name });
    await refused(call('GroupService/GetGroup', { name }), 'NOT_FOUND', 'GROUP_ID_NOT_FOUND');
  } finally {
    member.kill();
  }
}

/** What reflection tells: services and methods by both tools and both versions, every type described. */
async function listAndDescribe(address) {
  const lines = (text) =>
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  const listed = lines((await runGrpcurl(address, 'list')).stdout);
  const services = listed.filter((service) => service.startsWith(`${adminPackage}.`));
  expect(services.length >= 5 && listed.includes('grpc.health.v1.Health'), `grpcurl list: ${listed}`);
  for (const version of ['grpc-v1', 'grpc-v1alpha']) {
    const { stdout, stderr } = await runBufCurl(address, '', '--list-services', '--reflect-protocol', version);
    for (const service of services) expect(lines(stdout).includes(service), `${version} lists ${stdout} ${stderr}`);
  }
  const methods = [];
  const types = new Set();
  for (const service of listed) {
    const { code, stdout, stderr } = await runGrpcurl(address, 'describe', service);
    expect(code === 0, `grpcurl describe ${service}: ${stderr}`);
    for (const [, type] of stdout.matchAll(/\.([\w.]+) \)/g)) types.add(type);
    if (!services.includes(service)) continue;
    for (const method of lines((await runGrpcurl(address, 'list', service)).stdout))
      methods.push(method.slice(adminPackage.length + 1).replace('.', '/'));
  }
  for (const type of types) {
    const { code, stdout, stderr } = await runGrpcurl(address, 'describe', type);
    expect(code === 0 && stdout.includes('message'), `grpcurl describe ${type}: ${stdout}${stderr}`);
  }
  const { stdout } = await runGrpcurl(address, 'grpc.health.v1.Health/Check');
  expect(JSON.parse(stdout).status === 'SERVING', `grpcurl asked for health: ${stdout}`);
  return methods;
}

export async function run(note) {
  const cluster = await startCluster({ gateways: 1, shims: 1 });
  let zookeeper;
  try {
    const [gateway] = cluster.ids('gateway');
    const grpc = cluster.listener('gateway', gateway, 'GRPC');
    const http = cluster.listener('gateway', gateway, 'HTTP');
    zookeeper = await startKazoo(cluster.listener('zookeeper', cluster.ids('zookeeper')[0], 'ZOOKEEPER'));
    const methods = await listAndDescribe(grpc);
    note(`reflection: ${methods.length} methods described`);
    const plain = adminCallers.grpcurl({ grpc, http });
    await plain('TopicService/CreateTopic', {
      topic: { name: 'topics/warm', partitionCount: 3, replicationFactor: 3 },
    });
    await produceLines(cluster.bootstrap, 'warm', (stdin) => stdin.end('record\n'.repeat(records)));
    for (const [name, caller] of Object.entries(adminCallers)) {
      const called = new Set();
      const call = remembering(caller({ grpc, http }), called);
      const topic = `by.${name.replaceAll(' ', '-')}`;
      try {
        await clusterAndQuorum(call, cluster);
        await brokers(call, cluster);
        await clusterChanges(call, cluster);
        const seen = await createdIsSeen(call, cluster, zookeeper, topic);
        await topics(call, `topics/${topic}`);
        await groups(call, cluster, 'warm', `group.${topic}`);
        note(`${name}: ${called.size} methods called; a new topic seen everywhere after ${Math.round(seen)} ms`);
      } catch (error) {
        error.message = `by ${name}: ${error.message}`;
        throw error;
      }
      const missing = methods.filter((method) => !called.has(method));
      expect(missing.length === 0, `methods that this case does not call: ${missing}`);
    }
  } catch (error) {
    error.message += `\n${cluster.recentLog()}`;
    throw error;
  } finally {
    zookeeper?.kill();
    await cluster.stop();
  }
}
