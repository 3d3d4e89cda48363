import { createTopicsRpc, deleteTopicsRpc } from '@milena/cluster-protocol';
import type { MetadataImage } from '@milena/metadata';
import type { Endpoint } from '@milena/model';
import type { ChannelFailure } from '@milena/platform';
import type { ChoiceStream } from '../choices/choice-stream';
import { checkLinearizable, type Operation } from '../linearizability/check-linearizable';
import { topicModel, type TopicInput, type TopicOutput } from '../linearizability/topic-model';
import type { World } from '../world';
import { ReadIndexClient } from './read-index-client';

const CALL_TIMEOUT_MS = 1500;
const CLIENTS = 4;
const INPUTS = ['create', 'delete', 'describe'] as const;
const NAMES = ['register-a', 'register-b', 'register-c'];

/** One call of a client, to the controller on this host. */
interface RegisterAction {
  readonly do: TopicInput;
  readonly topic: string;
  readonly at: string;
}

/** A description: what the log says of the name before the read index that was answered. */
interface TopicRead {
  readonly readIndex: number;
  readonly invokedAt: number;
  readonly returnedAt: number;
}

/** What the clients are held against. */
export interface TopicRegisterFacts {
  /** Everything before it is committed, as some leader knows. */
  committedEnd(): number;
  /** What the committed records before `end` say; undefined when that is not kept any more. */
  before(end: number): MetadataImage | undefined;
}

/** An answer, or whether the call surely did nothing. */
type Outcome = { readonly output: TopicOutput } | { readonly output: undefined; readonly didNothing: boolean };

/**
 * Clients that create, delete and describe the same few names at any controller, without retries, and the history of what
 * they were told: it must be linearizable. A description asks a controller for the read index and then sees no more of the
 * log than that allows: the least that a gateway may answer.
 */
export class TopicRegisterClients {
  readonly #histories = new Map<string, Operation<TopicInput, TopicOutput>[]>(NAMES.map((name) => [name, []]));
  readonly #reads = new Map<string, TopicRead[]>(NAMES.map((name) => [name, []]));
  readonly #streams: readonly ChoiceStream<RegisterAction>[];

  constructor(
    private readonly world: World,
    private readonly controllers: readonly Endpoint[],
    private readonly facts: TopicRegisterFacts,
  ) {
    this.#streams = Array.from({ length: CLIENTS }, (_, client) => world.choices.stream(`register client ${client}`));
  }

  start(): void {
    this.#streams.forEach((stream, client) => void this.#work(stream, `register client ${client}`));
  }

  stop(): void {
    for (const stream of this.#streams) stream.end();
  }

  /** Operations whose outcome is known. */
  get known(): number {
    let known = 0;
    for (const history of this.#histories.values())
      known += history.filter(({ output }) => output !== undefined).length;
    return known;
  }

  /** Linearizability of admin writes and reads, name by name. */
  check(): void {
    for (const [name, writes] of this.#histories) {
      const history = [...writes, ...this.#descriptions(name)];
      const verdict = checkLinearizable(topicModel, history);
      if (verdict === 'linearizable') continue;
      const shown = history
        .toSorted((left, right) => left.invokedAt - right.invokedAt)
        .slice(-24)
        .map(({ input, output, invokedAt, returnedAt }) => {
          const end = output === undefined ? '?' : returnedAt.toFixed(1);
          return `${invokedAt.toFixed(1)}-${end} ${input} ${JSON.stringify(output)}`;
        });
      this.world.report('linearizability', `${name}: ${verdict}: ... ${shown.join('; ')}`);
    }
  }

  async #work(stream: ChoiceStream<RegisterAction>, client: string): Promise<void> {
    const random = this.world.random.fork(client);
    const pick = <T>(items: readonly T[]): T => items[random.below(items.length)] as T;
    const reader = new ReadIndexClient(this.world, () => this.facts.committedEnd());
    for (;;) {
      const action = await stream.next(
        () => random.below(200),
        () => {
          const [input, topic, anybody] = [pick(INPUTS), pick(NAMES), pick(this.controllers).host];
          return { do: input, topic, at: input === 'describe' ? (reader.trusted ?? anybody) : anybody };
        },
      );
      if (action === undefined) return;
      await this.#perform(action, reader);
    }
  }

  async #perform({ do: input, topic, at }: RegisterAction, reader: ReadIndexClient): Promise<void> {
    const endpoint = this.controllers.find(({ host }) => host === at);
    if (endpoint === undefined) return;
    const invokedAt = this.world.time.nowMs();
    if (input === 'describe') {
      const readIndex = await reader.ask(endpoint);
      if (readIndex === undefined) return;
      this.#reads.get(topic)?.push({ readIndex, invokedAt, returnedAt: this.world.time.nowMs() });
      return;
    }
    const outcome = await this.#call(endpoint, topic, input);
    if (outcome.output === undefined && outcome.didNothing) return;
    const returnedAt = this.world.time.nowMs();
    this.#histories.get(topic)?.push({ input, output: outcome.output, invokedAt, returnedAt });
  }

  /** The descriptions of a name, looked up when all is committed that was; those of a past that is not kept are left out. */
  #descriptions(name: string): readonly Operation<TopicInput, TopicOutput>[] {
    return (this.#reads.get(name) ?? []).flatMap(({ readIndex, invokedAt, returnedAt }) => {
      const image = this.facts.before(readIndex);
      if (image === undefined) return [];
      const topicId = image.topicByName(name)?.id;
      const output: TopicOutput = topicId === undefined ? { type: 'missing' } : { type: 'described', topicId };
      return [{ input: 'describe', output, invokedAt, returnedAt }];
    });
  }

  async #call(endpoint: Endpoint, name: string, input: 'create' | 'delete'): Promise<Outcome> {
    const channel = this.world.outside.connect(endpoint, 'admin');
    const shared = { principal: 'User:simulation', timeoutMs: CALL_TIMEOUT_MS };
    const options = { timeoutMs: CALL_TIMEOUT_MS };
    try {
      if (input === 'create') {
        const topic = { name, partitions: 1, replicationFactor: 1, assignments: [], configs: [] };
        const request = createTopicsRpc.encodeRequest({ ...shared, topics: [topic], validateOnly: false });
        const answer = await channel.unary(createTopicsRpc.method, request, options);
        if (!answer.ok) return failed(answer.error);
        const result = createTopicsRpc.decodeResponse(answer.value).topics[0]?.result;
        if (result?.ok === true) return { output: { type: 'created', topicId: result.value.topicId ?? '' } };
        return refused(result?.error.code, 'TOPIC_ALREADY_EXISTS', { type: 'exists' });
      }
      const request = deleteTopicsRpc.encodeRequest({ ...shared, topics: [{ name }] });
      const answer = await channel.unary(deleteTopicsRpc.method, request, options);
      if (!answer.ok) return failed(answer.error);
      const topic = deleteTopicsRpc.decodeResponse(answer.value).topics[0];
      if (topic?.result.ok === true) return { output: { type: 'deleted', topicId: topic.topicId ?? '' } };
      const code = topic?.result.ok === false ? topic.result.error.code : undefined;
      return refused(code, 'UNKNOWN_TOPIC_OR_PARTITION', { type: 'missing' });
    } finally {
      channel.close();
    }
  }
}

function refused(code: string | undefined, expected: string, output: TopicOutput): Outcome {
  if (code === expected) return { output };
  return { output: undefined, didNothing: code !== 'REQUEST_TIMED_OUT' };
}

function failed(failure: ChannelFailure): Outcome {
  const didNothing = failure.reason === 'refused' || (failure.reason === 'status' && isRefusal(failure.failure?.code));
  return { output: undefined, didNothing };
}

function isRefusal(code: string | undefined): boolean {
  return code === 'NOT_CONTROLLER' || code === 'THROTTLING_QUOTA_EXCEEDED';
}
