import {
  allocateProducerIdsRpc,
  alterPartitionRpc,
  brokerHeartbeatRpc,
  createTopicsRpc,
  registerBrokerRpc,
  type Rpc,
} from '@milena/cluster-protocol';
import type { ServerConfig } from '@milena/config-schema';
import {
  allocateProducerIds,
  alterPartition,
  alterPartitionReassignments,
  brokerHeartbeat,
  controllerDefaults,
  createTopics,
  fenceBroker,
  registerBroker,
  topicConfigRules,
  type AlterPartitionRequest,
  type Decision,
  type RegisterBrokerResponse,
  type RegistrationStep,
} from '@milena/controller';
import type { MetadataRecord } from '@milena/metadata';
import { success, uuidFromBytes, ZERO_OFFSET, type Result, type Uuid } from '@milena/model';
import type { Timers, UnaryOutcome } from '@milena/platform';
import type { ActiveControllerChannel } from '@milena/raft-driver';
import type { ScriptedMetadataLog } from './scripted-metadata-log';

/** A controller that decides as the real one does, on a scripted log, and can be switched off. */
export class ScriptedController {
  /** ISR changes that arrived, as `topicId:partition [isr]`. */
  readonly isrProposals: string[] = [];
  /** Brokers whose processes the controller takes for alive when their id is asked for again. */
  readonly alive = new Set<number>();
  heartbeats = 0;
  isDown = false;
  /** While set, ISR changes find no answer. */
  losesIsrChanges = false;
  #topics = 0;

  constructor(
    private readonly log: ScriptedMetadataLog,
    private readonly timers: Timers,
    private readonly clusterId: Uuid,
    private readonly server: ServerConfig,
  ) {}

  append(records: readonly MetadataRecord[]): void {
    this.log.append(records);
  }

  /** Fences a broker as if its session had lapsed. */
  fence(brokerId: number): void {
    const broker = this.log.image.broker(brokerId);
    if (broker !== undefined) this.#carryOut(fenceBroker(this.log.image, broker, controllerDefaults(this.server)));
  }

  /** Moves the first partition of a topic to other brokers; undefined cancels that. */
  reassign(name: string, target: readonly number[] | undefined): void {
    const request = {
      principal: 'User:alice',
      topics: [{ name, partitions: [{ partition: 0, target }] }],
      allowReplicationFactorChange: true,
      validateOnly: false,
      timeoutMs: 1000,
    };
    const defaults = controllerDefaults(this.server);
    this.#carryOut(alterPartitionReassignments(this.log.image, request, { defaults }));
  }

  /** A channel of one broker to this controller. */
  channel(): ActiveControllerChannel {
    return {
      unary: (method, request, timeoutMs) =>
        new Promise<UnaryOutcome>((resolve) => {
          const lost = this.isDown || (this.losesIsrChanges && method === alterPartitionRpc.method);
          if (lost) {
            const error = { reason: 'timeout' as const, message: 'no controller is known' };
            this.timers.after(timeoutMs, () => resolve({ ok: false, error }));
          } else {
            this.timers.after(1, () => resolve({ ok: true, value: this.#answer(method, request) }));
          }
        }),
      close() {
        // Nothing is held.
      },
    };
  }

  #answer(method: string, bytes: Uint8Array): Uint8Array {
    const defaults = controllerDefaults(this.server);
    const { image } = this.log;
    const { clusterId, alive } = this;
    switch (method) {
      case registerBrokerRpc.method:
        return this.#call(registerBrokerRpc, bytes, (request) => {
          const isAlive = ({ id }: { readonly id: number }): boolean => alive.has(id);
          return registered(registerBroker(image, request, { clusterId, defaults, isAlive, wasReplaced: () => false }));
        });
      case brokerHeartbeatRpc.method:
        this.heartbeats += 1;
        return this.#call(brokerHeartbeatRpc, bytes, (request) =>
          brokerHeartbeat(image, request, {
            defaults,
            lowestActiveMetadataOffset: Number.MAX_SAFE_INTEGER,
            controlledShutdownOffset: ZERO_OFFSET,
            isBeingReplaced: false,
          }),
        );
      case alterPartitionRpc.method:
        return this.#call(alterPartitionRpc, bytes, (request) => {
          this.#note(request);
          return alterPartition(image, request, { defaults });
        });
      case allocateProducerIdsRpc.method:
        return this.#call(allocateProducerIdsRpc, bytes, (request) => allocateProducerIds(image, request));
      case createTopicsRpc.method:
        return this.#call(createTopicsRpc, bytes, (request) =>
          createTopics(image, request, {
            defaults,
            topicConfigs: topicConfigRules(image, this.server),
            draw: () => 0,
            newTopicId: () => this.#newTopicId(),
          }),
        );
      default:
        throw new Error(`the scripted controller does not serve ${method}`);
    }
  }

  #newTopicId(): Uuid {
    this.#topics += 1;
    return uuidFromBytes(Buffer.alloc(16, this.#topics));
  }

  #note({ topics }: AlterPartitionRequest): void {
    for (const { partitions } of topics) {
      for (const { partition, newIsr } of partitions) {
        this.isrProposals.push(`${partition} [${newIsr.map(({ brokerId }) => brokerId).join()}]`);
      }
    }
  }

  #call<Request, Response>(
    rpc: Rpc<Request, Response>,
    bytes: Uint8Array,
    decide: (request: Request) => Decision<Response>,
  ): Uint8Array {
    return rpc.encodeResponse(this.#carryOut(decide(rpc.decodeRequest(bytes))));
  }

  #carryOut<Response>({ records, respond }: Decision<Response>): Response {
    return respond(records.length === 0 ? undefined : this.log.append(records));
  }
}

/** A registration that one batch has room for, as all are here. */
function registered({
  records,
  respond,
}: Decision<Result<RegistrationStep>>): Decision<Result<RegisterBrokerResponse>> {
  return {
    records,
    respond: (appended) => {
      const step = respond(appended);
      if (!step.ok) return step;
      if (step.value.kind !== 'registered') throw new Error('a scene has more partitions than one batch holds');
      return success({ brokerEpoch: step.value.brokerEpoch });
    },
  };
}
