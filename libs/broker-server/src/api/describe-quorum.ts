import { describeQuorumRpc } from '@milena/cluster-protocol';
import { describeQuorum, type RequestOf, type ResponseInputOf } from '@milena/kafka-protocol';
import { errorCode, METADATA_PARTITION, ZERO_UUID } from '@milena/model';
import type { ApiHandler } from './api-handler';
import { controllerListenerName } from './controller-listener-name';

/** How long the quorum may take to answer. */
const TIMEOUT_MS = 10_000;

type Quorum = ReturnType<typeof describeQuorumRpc.decodeResponse>;
type Response = ResponseInputOf<typeof describeQuorum>;
type TopicResponse = Response['topics'][number];
type ReplicaResponse = TopicResponse['partitions'][number]['currentVoters'][number];

/** DescribeQuorum: asked of the leader of the metadata log, for only it knows how far the others are. */
export const describeQuorumApi: ApiHandler<typeof describeQuorum> = {
  api: describeQuorum,
  async handle({ topics }, { broker, trace }) {
    if (!asksForMetadataLog(topics)) return { errorCode: 0, topics: topics.map(unknownTopic), nodes: [] };
    const call = { kind: 'question', timeoutMs: TIMEOUT_MS, ...(trace === undefined ? {} : { trace }) } as const;
    const answer = await broker.quorum.ask(describeQuorumRpc, { type: 'describeQuorum' }, call);
    if (!answer.ok) {
      return { errorCode: errorCode(answer.error.code), errorMessage: answer.error.message, topics: [], nodes: [] };
    }
    const listenerName = controllerListenerName(broker.config.server);
    const nodes = answer.value.voters.flatMap(({ replica, endpoint }) =>
      endpoint === undefined ? [] : [{ nodeId: replica.id, listeners: [{ name: listenerName, ...endpoint }] }],
    );
    return { errorCode: 0, topics: [metadataLog(answer.value)], nodes };
  },
};

function asksForMetadataLog(topics: RequestOf<typeof describeQuorum>['topics']): boolean {
  const [topic, ...others] = topics;
  const { topic: name, partition } = METADATA_PARTITION;
  const [asked, ...more] = topic?.partitions ?? [];
  return others.length + more.length === 0 && topic?.topicName === name && asked?.partitionIndex === partition;
}

function unknownTopic({ topicName, partitions }: RequestOf<typeof describeQuorum>['topics'][number]): TopicResponse {
  const unknown = {
    errorCode: errorCode('UNKNOWN_TOPIC_OR_PARTITION'),
    leaderId: -1,
    leaderEpoch: -1,
    highWatermark: -1,
    currentVoters: [],
    observers: [],
  };
  return { topicName, partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, ...unknown })) };
}

function metadataLog(quorum: Quorum): TopicResponse {
  const { topic: topicName, partition: partitionIndex } = METADATA_PARTITION;
  const partition = {
    partitionIndex,
    errorCode: errorCode(quorum.error),
    leaderId: quorum.leaderId,
    leaderEpoch: quorum.epoch,
    highWatermark: quorum.highWatermark ?? -1,
    currentVoters: quorum.voters.map(replica),
    observers: quorum.observers.map(replica),
  };
  return { topicName, partitions: [partition] };
}

function replica({ replica: key, ...progress }: Quorum['voters'][number]): ReplicaResponse {
  const { logEndOffset, lastFetchTimestamp, lastCaughtUpTimestamp } = progress;
  const times = { lastFetchTimestamp, lastCaughtUpTimestamp };
  return { replicaId: key.id, replicaDirectoryId: key.directoryId ?? ZERO_UUID, logEndOffset, ...times };
}
