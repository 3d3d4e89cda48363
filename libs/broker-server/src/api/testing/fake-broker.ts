import type { ReplicaLogState } from '@milena/cluster-protocol';
import { resolveServerConfig } from '@milena/config-schema';
import { joinFrame, type Api, type RequestInputOf, type ResponseOf } from '@milena/kafka-protocol';
import { createDelta, emptyImage, type MetadataImage, type MetadataRecord } from '@milena/metadata';
import {
  failure,
  offset,
  producerId,
  success,
  topicPartitionName,
  uuidFromBytes,
  type Offset,
  type Result,
  type Uuid,
} from '@milena/model';
import { noMeter, noTracer, type UnaryOutcome } from '@milena/platform';
import {
  createMemoryDisk,
  createMemoryStateStores,
  createRecordingLogger,
  createSeededRandom,
  createVirtualTime,
} from '@milena/platform/testing';
import type { AppendOutcome, AppendRequest } from '../../append-request';
import { DEFAULT_BROKER_LIMITS } from '../../broker-config';
import type { BrokerContext } from '../../broker-context';
import type { FetchOutcome, FetchRequest } from '../../fetch-request';
import type { EpochEndAnswer, EpochEndQuery, OffsetAnswer, OffsetQuery } from '../../offset-query';
import type { RecordDeletion } from '../../record-deletion';
import { createApiHandler } from '../create-api-handler';
import { fakeGroups } from './fake-groups';

/** A uuid that ends in `last`. */
export function testUuid(last: number): Uuid {
  return uuidFromBytes(Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, last]));
}

/** Topic of the fake cluster: partition 0 led by broker 1, 1 by broker 2, 2 by nobody. */
export const EVENTS = { name: 'events', id: testUuid(1) };
/** Topic of the fake cluster with one partition led by broker 1. */
export const AUDIT = { name: 'audit', id: testUuid(2) };

const CLIENT = { id: 1, listenerName: 'PLAINTEXT', remoteAddress: '127.0.0.1:5000', principal: 'User:alice' };

/** Records that register a broker with a client and a peer listener. */
export function registration(brokerId: number, fenced = false): MetadataRecord {
  const host = `host${brokerId}`;
  return {
    type: 'RegisterBrokerRecord',
    brokerId,
    incarnationId: testUuid(100 + brokerId),
    listeners: [
      { name: 'PLAINTEXT', host, port: 9092, securityProtocol: 'PLAINTEXT' },
      { name: 'INTERNAL', host, port: 9094, securityProtocol: 'PLAINTEXT' },
    ],
    features: [{ name: 'kraft.version', minLevel: 0, maxLevel: 1 }],
    rack: `rack${brokerId}`,
    fenced,
    inControlledShutdown: false,
    logDirectories: [testUuid(200 + brokerId)],
  };
}

/** Records that create a topic whose partitions are led by `leaders`, in epoch 5. */
export function topicRecords({ name, id }: { name: string; id: Uuid }, leaders: readonly number[]): MetadataRecord[] {
  return [
    { type: 'TopicRecord', name, topicId: id },
    ...leaders.map((leader, partitionId): MetadataRecord => {
      return {
        type: 'PartitionRecord',
        topicId: id,
        partitionId,
        replicas: [1, 2, 3],
        isr: leader === -1 ? [3] : [leader],
        addingReplicas: [],
        removingReplicas: [],
        leader,
        leaderEpoch: 5,
        partitionEpoch: 0,
        leaderRecoveryState: 'RECOVERED',
        directories: [testUuid(201), testUuid(202), testUuid(203)],
      };
    }),
  ];
}

function extend(image: MetadataImage, records: readonly MetadataRecord[]): MetadataImage {
  const delta = createDelta(image);
  let next: number = image.provenance.offset + 1;
  for (const record of records) delta.replay(record, offset(next++), 1);
  return delta.apply();
}

/** What an AppendOutcome looks like when all went well. */
export function appended({ topicPartition }: AppendRequest['entries'][number], baseOffset = 0): AppendOutcome {
  return { topicPartition, error: 'NONE', baseOffset, appendTimestamp: -1, logStartOffset: 0 };
}

/** What a FetchOutcome looks like when `records` were read. */
export function fetched({ topicPartition }: FetchRequest['entries'][number], records = Buffer.alloc(0)): FetchOutcome {
  const offsets = { highWatermark: 7, lastStableOffset: 6, logStartOffset: 0 };
  return { topicPartition, error: 'NONE', ...offsets, abortedTransactions: [], records };
}

/**
 * Broker 1 of a cluster of three (3 is fenced) behind its real dispatch: `ask` encodes a request, has it handled and
 * decodes the answer. What the log and the controller answer is set by the spec through the public fields.
 */
export class FakeBroker {
  readonly appends: AppendRequest[] = [];
  readonly fetches: FetchRequest[] = [];
  readonly offsetQueries: OffsetQuery[] = [];
  readonly epochQueries: EpochEndQuery[] = [];
  readonly deletions: RecordDeletion[] = [];
  readonly controllerCalls: { readonly method: string; readonly request: Uint8Array; readonly timeoutMs: number }[] =
    [];
  readonly logger = createRecordingLogger();
  onAppend: (request: AppendRequest) => readonly AppendOutcome[] = ({ entries }) =>
    entries.map((entry) => appended(entry));
  onFetch: (request: FetchRequest) => readonly FetchOutcome[] = ({ entries }) => entries.map((entry) => fetched(entry));
  onListOffsets: (query: OffsetQuery) => Omit<OffsetAnswer, 'topicPartition'> = () => {
    return { error: 'NONE', timestamp: -1, offset: 42, leaderEpoch: 5 };
  };
  onEpochEnd: (query: EpochEndQuery) => Omit<EpochEndAnswer, 'topicPartition'> = () => {
    return { error: 'NONE', leaderEpoch: 4, endOffset: 9 };
  };
  onController: (method: string, request: Uint8Array) => UnaryOutcome = () => {
    return { ok: false, error: { reason: 'refused', message: 'nobody listens' } };
  };
  /** What the leader of the metadata log answers. */
  onQuorum: (method: string, request: Uint8Array) => Result<Uint8Array> = () =>
    failure('LEADER_NOT_AVAILABLE', 'nobody');
  /** Replicas on the disk of this broker. */
  replicaLogs: readonly ReplicaLogState[] = [];
  /** What the group coordinators answer. */
  groups: Partial<BrokerContext['groups']> = {};
  nextProducerId: BrokerContext['producerIds']['next'] = () => Promise.resolve(success(producerId(1000)));
  image: MetadataImage = extend(emptyImage, [
    registration(1),
    registration(2),
    registration(3, true),
    ...topicRecords(EVENTS, [1, 2, -1]),
    ...topicRecords(AUDIT, [1]),
  ]);
  /** Offsets of the metadata log that handlers waited for. */
  readonly awaited: number[] = [];
  readonly #handle: ReturnType<typeof createApiHandler>;
  #correlationId = 0;

  constructor(config: Readonly<Record<string, string>> = {}) {
    this.#handle = createApiHandler(this.#context(config));
  }

  /** Sends a request; the decoded response, or undefined when none was sent. Rejects when the connection was closed. */
  async ask<A extends Api>(api: A, version: number, request: RequestInputOf<A>): Promise<ResponseOf<A> | undefined> {
    const correlationId = ++this.#correlationId;
    const frame = api.encodeRequest({ apiVersion: version, correlationId, clientId: 'spec' }, request as never);
    const answer = await this.askBytes(frame);
    if (answer === undefined) return undefined;
    const decoded = api.decodeResponse(version, answer);
    expect(decoded.correlationId).toBe(correlationId);
    return decoded.body as ResponseOf<A>;
  }

  /** The same for a request that must be answered. */
  async answer<A extends Api>(api: A, version: number, request: RequestInputOf<A>): Promise<ResponseOf<A>> {
    const response = await this.ask(api, version, request);
    if (response === undefined) throw new Error('no response');
    return response;
  }

  /** Sends a frame as it is. Its bytes are used for something else as soon as it is answered, as by a listener. */
  async askBytes(frame: Buffer): Promise<Buffer | undefined> {
    const answer = await this.#handle(frame, CLIENT);
    frame.fill(0xff);
    return answer === undefined ? undefined : joinFrame(answer);
  }

  /** Writes records to the metadata log, seen at once; the offset of the last one. */
  commit(records: readonly MetadataRecord[]): Offset {
    this.image = extend(this.image, records);
    return this.image.provenance.offset;
  }

  #context(config: Readonly<Record<string, string>>): BrokerContext {
    const keys = { 'process.roles': 'broker', 'node.id': '1', 'controller.listener.names': 'CONTROLLER', ...config };
    const entries = Object.entries(keys).map(([key, text]) => {
      return { key, text, origin: { source: 'file' as const, place: 'spec' } };
    });
    const resolved = resolveServerConfig(entries);
    if (!resolved.ok) throw new Error(JSON.stringify(resolved.problems));
    const { clock, timers } = createVirtualTime();
    const random = createSeededRandom(1);
    const groups = (): BrokerContext['groups'] => fakeGroups(this.groups);
    return {
      nodeId: 1,
      clusterId: testUuid(50),
      config: {
        nodeId: 1,
        clusterId: testUuid(50),
        listeners: [],
        interBrokerListenerName: 'INTERNAL',
        server: resolved.config,
        limits: DEFAULT_BROKER_LIMITS,
      },
      platform: {
        clock,
        timers,
        random,
        disk: createMemoryDisk({ random }),
        stateStores: createMemoryStateStores(),
        logger: this.logger,
        tracer: noTracer,
        meter: noMeter,
      },
      replicaManager: this.#replicaManager(),
      logDirectory: {
        path: '/var/milena',
        logs: {
          list: () => this.replicaLogs,
          find: (wanted) =>
            this.replicaLogs.find((log) => topicPartitionName(log.topicPartition) === topicPartitionName(wanted)),
        },
      },
      producerIds: { next: () => this.nextProducerId() },
      get groups() {
        return groups();
      },
      controllerChannel: {
        unary: (method, request, timeoutMs) => {
          this.controllerCalls.push({ method, request, timeoutMs });
          return Promise.resolve(this.onController(method, request));
        },
        close() {},
      },
      quorum: {
        ask: (rpc, request) => {
          const answer = this.onQuorum(rpc.method, rpc.encodeRequest(request));
          return Promise.resolve(answer.ok ? success(rpc.decodeResponse(answer.value)) : answer);
        },
        close() {},
      },
      image: () => this.image,
      waitForMetadata: (awaited) => {
        this.awaited.push(awaited);
        return Promise.resolve(this.image.provenance.offset >= awaited);
      },
    };
  }

  #replicaManager(): BrokerContext['replicaManager'] {
    return {
      append: (request, respond) => {
        const entries = request.entries.map((entry) => ({ ...entry, batches: Buffer.from(entry.batches) }));
        this.appends.push({ ...request, entries });
        respond(this.onAppend(request));
      },
      fetch: (request, respond) => {
        this.fetches.push(request);
        respond(this.onFetch(request));
      },
      deleteRecords: (deletions) => {
        this.deletions.push(...deletions);
        return deletions.map(({ topicPartition }) => ({ topicPartition, error: 'NONE', lowWatermark: 5 }));
      },
      listOffsets: (queries) => {
        this.offsetQueries.push(...queries);
        return queries.map((query) => ({ topicPartition: query.topicPartition, ...this.onListOffsets(query) }));
      },
      endOffsetForEpoch: (queries) => {
        this.epochQueries.push(...queries);
        return queries.map((query) => ({ topicPartition: query.topicPartition, ...this.onEpochEnd(query) }));
      },
    };
  }
}
