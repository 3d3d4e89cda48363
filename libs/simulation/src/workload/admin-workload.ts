import { createTopicsRpc, deleteTopicsRpc } from '@milena/cluster-protocol';
import type { MetadataImage } from '@milena/metadata';
import type { SeededRandom } from '@milena/platform/testing';
import type { ActiveControllerChannel } from '@milena/raft-driver';
import type { ChoiceStream } from '../choices/choice-stream';
import type { World } from '../world';

const CALL_TIMEOUT_MS = 3000;
/** Topics from which on deletions are as frequent as creations: snapshots stay small, and runs fast. */
const TOPICS_MANY = 12;

/** What is certain about a topic name after the calls made so far. `unknown`: a call was answered by silence. */
export type Fate = 'created' | 'deleted' | 'unknown';

/** One call of the workload. */
interface TopicAction {
  readonly do: 'create' | 'delete';
  readonly topic: string;
}

/** Creates and deletes topics, one call at a time per name, and remembers what it was told. */
export class AdminWorkload {
  readonly fates = new Map<string, Fate>();
  acknowledged = 0;
  readonly #stream: ChoiceStream<TopicAction>;
  #next = 0;

  constructor(
    private readonly world: World,
    private readonly controllers: ActiveControllerChannel,
    private readonly options: { readonly label: string; readonly meanPauseMs: number },
  ) {
    this.#stream = world.choices.stream(`admin ${options.label}`);
  }

  /** Works until stopped; failures are expected and only make fates unknown. */
  async run(): Promise<void> {
    const { label, meanPauseMs } = this.options;
    const random = this.world.random.fork(`admin ${label}`);
    for (;;) {
      const action = await this.#stream.next(
        () => random.below(2 * meanPauseMs),
        () => this.#draw(random),
      );
      if (action === undefined) return;
      if (action.do === 'delete') await this.delete(action.topic);
      else await this.create(action.topic);
    }
  }

  stop(): void {
    this.#stream.end();
  }

  #draw(random: SeededRandom): TopicAction {
    const created = [...this.fates].filter(([, fate]) => fate === 'created').map(([name]) => name);
    const victim = created[random.below(Math.max(1, created.length))];
    const mayDelete = random.chance(created.length < TOPICS_MANY ? 0.2 : 0.5);
    if (victim !== undefined && mayDelete) return { do: 'delete', topic: victim };
    return { do: 'create', topic: `${this.options.label}-${this.#next++}` };
  }

  /** Whether the topic was created for certain. */
  async create(name: string): Promise<boolean> {
    this.fates.set(name, 'unknown');
    const topic = { name, partitions: 2, replicationFactor: 2, assignments: [], configs: [] };
    const request = { principal: 'User:simulation', topics: [topic], validateOnly: false, timeoutMs: CALL_TIMEOUT_MS };
    const outcome = await this.controllers.unary(
      createTopicsRpc.method,
      createTopicsRpc.encodeRequest(request),
      CALL_TIMEOUT_MS,
    );
    if (!outcome.ok) return false;
    const result = createTopicsRpc.decodeResponse(outcome.value).topics[0]?.result;
    if (result?.ok !== true) return false;
    this.#settle(name, 'created');
    return true;
  }

  async delete(name: string): Promise<void> {
    this.fates.set(name, 'unknown');
    const request = { principal: 'User:simulation', topics: [{ name }], timeoutMs: CALL_TIMEOUT_MS };
    const outcome = await this.controllers.unary(
      deleteTopicsRpc.method,
      deleteTopicsRpc.encodeRequest(request),
      CALL_TIMEOUT_MS,
    );
    if (!outcome.ok) return;
    if (deleteTopicsRpc.decodeResponse(outcome.value).topics[0]?.result.ok === true) this.#settle(name, 'deleted');
  }

  /** R11: what was acknowledged is there, and what was deleted is gone. */
  checkOutcome(image: MetadataImage): void {
    for (const [name, fate] of this.fates) {
      const exists = image.topicByName(name) !== undefined;
      if (fate === 'created' && !exists) {
        this.world.violated('R11 acknowledged write present', `topic ${name} is lost`);
      }
      if (fate === 'deleted' && exists) {
        this.world.violated('R11 acknowledged write present', `deleted topic ${name} is back`);
      }
    }
  }

  #settle(name: string, fate: Fate): void {
    this.acknowledged += 1;
    this.fates.set(name, fate);
  }
}
