import type { Endpoint } from '@milena/model';
import type { SeededRandom } from '@milena/platform/testing';
import type { ChoiceStream } from '../choices/choice-stream';
import type { World } from '../world';
import { ReadIndexClient } from './read-index-client';

/** One question, to the controller on this host. */
interface ReadAction {
  readonly do: 'ask for the read index';
  readonly at: string;
}

/** What readers need. */
export interface IndexReadersOptions {
  readonly world: World;
  readonly controllers: readonly Endpoint[];
  readonly readers: number;
  readonly meanPauseMs: number;
  /** Everything before it is committed, as some leader knows. */
  committedEnd(): number;
}

/**
 * Clients outside, whom no cut between the controllers concerns, that ask for the read index again and again: mostly the
 * controller that answered last, which may be a leader that the others have replaced.
 */
export class IndexReaders {
  readonly #random: SeededRandom;
  readonly #streams: readonly ChoiceStream<ReadAction>[];

  constructor(private readonly options: IndexReadersOptions) {
    const { world, readers } = options;
    this.#random = world.random.fork('index readers');
    this.#streams = Array.from({ length: readers }, (_, reader) => world.choices.stream(`reader ${reader}`));
  }

  /** They ask until stopped. */
  start(): void {
    for (const stream of this.#streams) void this.#work(stream);
  }

  stop(): void {
    for (const stream of this.#streams) stream.end();
  }

  async #work(stream: ChoiceStream<ReadAction>): Promise<void> {
    const { world, controllers, meanPauseMs, committedEnd } = this.options;
    const client = new ReadIndexClient(world, committedEnd);
    for (;;) {
      const action = await stream.next(
        () => this.#random.below(2 * meanPauseMs),
        () => ({ do: 'ask for the read index', at: this.#whom(client) }),
      );
      if (action === undefined) return;
      const endpoint = controllers.find(({ host }) => host === action.at);
      if (endpoint !== undefined) await client.ask(endpoint);
    }
  }

  #whom({ trusted }: ReadIndexClient): string {
    const { controllers } = this.options;
    const anybody = (controllers[this.#random.below(controllers.length)] as Endpoint).host;
    return trusted !== undefined && this.#random.chance(0.9) ? trusted : anybody;
  }
}
