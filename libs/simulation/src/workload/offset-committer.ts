import { findCoordinator, offsetCommit, offsetFetch } from '@milena/kafka-protocol';
import type { Endpoint, TopicPartition } from '@milena/model';
import type { ChoiceStream } from '../choices/choice-stream';
import type { KafkaClient } from '../clients/kafka-client';
import type { World } from '../world';
import type { CommittedOffsets } from './committed-offsets';

/** A group with one consumer that assigns its partition itself. */
export interface OffsetCommitterOptions {
  readonly world: World;
  readonly client: KafkaClient;
  readonly group: string;
  readonly partition: TopicPartition;
  /** Brokers that can be asked for the coordinator. */
  readonly bootstrap: readonly Endpoint[];
  readonly commits: CommittedOffsets;
}

/** A commit of the next offset, or a look at the last one. */
interface GroupAction {
  readonly do: 'commit' | 'look';
}

/** Where a group's coordinator is. */
interface Coordinator {
  readonly nodeId: number;
  readonly endpoint: Endpoint;
}

/** Commits ever larger offsets of one partition for one group, looks at them now and then, and finds the next coordinator. */
export class OffsetCommitter {
  readonly #stream: ChoiceStream<GroupAction>;
  #coordinator: Coordinator | undefined;
  #offset = 0;
  #asked = 0;
  #running: Promise<void> = Promise.resolve();

  constructor(private readonly options: OffsetCommitterOptions) {
    this.#stream = options.world.choices.stream(options.group);
  }

  /** Works until stopped. */
  run(): void {
    this.#running = this.#run();
  }

  async #run(): Promise<void> {
    const { world, group } = this.options;
    const random = world.random.fork(`committer ${group}`);
    for (;;) {
      const action = await this.#stream.next(
        () => 5 + random.below(120),
        () => ({ do: random.chance(0.7) ? 'commit' : 'look' }),
      );
      if (action === undefined) return;
      if (action.do === 'commit') await this.#commit();
      else await this.#look();
    }
  }

  stop(): void {
    this.#stream.end();
  }

  /** The final look, then one more commit, as often as it takes until both went well. */
  async conclude(): Promise<void> {
    const { client, commits, group } = this.options;
    await this.#running;
    let before = await this.#fetch();
    while (before === undefined) {
      await client.pause(50);
      before = await this.#fetch();
    }
    commits.concludes(group, before);
    while (!(await this.#commit())) await client.pause(50);
  }

  async #commit(): Promise<boolean> {
    const { client, commits, group, partition } = this.options;
    const coordinator = await this.#find();
    if (coordinator === undefined) return false;
    const offset = (this.#offset += 1);
    const committed = { partitionIndex: partition.partition, committedOffset: offset, committedMetadata: '' };
    const answer = await client.call(coordinator.endpoint, offsetCommit, 8, {
      groupId: group,
      memberId: '',
      topics: [{ name: partition.topic, partitions: [committed] }],
    });
    const isDone = answer?.topics[0]?.partitions[0]?.errorCode === 0;
    if (isDone) commits.committed(group, offset, coordinator.nodeId);
    else {
      commits.uncertain(group, offset);
      this.#coordinator = undefined;
    }
    return isDone;
  }

  async #look(): Promise<void> {
    const found = await this.#fetch();
    if (found === undefined || this.#coordinator === undefined) return;
    this.options.commits.fetched(this.options.group, found, this.#coordinator.nodeId);
  }

  /** Where the group stands; undefined when nobody could say. */
  async #fetch(): Promise<number | undefined> {
    const { client, group, partition } = this.options;
    const coordinator = await this.#find();
    if (coordinator === undefined) return undefined;
    const answer = await client.call(coordinator.endpoint, offsetFetch, 7, {
      groupId: group,
      topics: [{ name: partition.topic, partitionIndexes: [partition.partition] }],
      requireStable: false,
    });
    const found = answer?.errorCode === 0 ? answer.topics[0]?.partitions[0] : undefined;
    if (found?.errorCode === 0) return found.committedOffset;
    this.#coordinator = undefined;
    return undefined;
  }

  async #find(): Promise<Coordinator | undefined> {
    if (this.#coordinator !== undefined) return this.#coordinator;
    const { client, group, bootstrap } = this.options;
    const broker = bootstrap[this.#asked++ % bootstrap.length];
    if (broker === undefined) return undefined;
    const answer = await client.call(broker, findCoordinator, 3, { key: group, keyType: 0 });
    if (answer?.errorCode === 0) {
      const { nodeId, host, port } = answer;
      this.#coordinator = { nodeId, endpoint: { host, port } };
    }
    return this.#coordinator;
  }
}
