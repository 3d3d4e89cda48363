import type { BatchMark } from '../read-log';
import type { World } from '../world';

/** What a new leader has on its disk. */
export interface LeaderFiles {
  readonly marks: readonly BatchMark[];
  /** Offset behind the last record that its newest snapshot stands for; 0 without one. */
  readonly snapshotEnd: number;
}

interface CommittedEnd {
  readonly lastOffset: number;
  readonly epoch: number;
}

/** R4: whoever is elected has everything that was committed before. Judged by the files of the new leader. */
export class LeaderCompleteness {
  /** By epoch: what was committed when its leader was first seen. */
  readonly #seen = new Map<number, CommittedEnd | undefined>();

  constructor(
    private readonly world: World,
    /** The newest batch that any node was told is committed. */
    private readonly lastCommitted: () => CommittedEnd | undefined,
  ) {}

  /** A node says that it leads `epoch`; `files` is asked for once per epoch, and undefined when it cannot be read. */
  leads(node: string, epoch: number, files: () => LeaderFiles | undefined): void {
    if (this.#seen.has(epoch)) return;
    const later = [...this.#seen.keys()].filter((each) => each > epoch);
    // Elected before, stopped, and awake again only now: what later epochs committed is not its to have.
    const committed = later.length > 0 ? this.#seen.get(Math.min(...later)) : this.lastCommitted();
    this.#seen.set(epoch, committed);
    if (committed === undefined) return this.world.mark('a leader was elected while nothing was committed');
    if (committed.epoch > epoch) return;
    if (this.#seen.size > 10) this.world.mark('a leader had more than ten epochs before it');
    const found = files();
    // What a snapshot holds is checked as a snapshot.
    if (found === undefined || found.snapshotEnd > committed.lastOffset) return;
    const { marks } = found;
    if (marks.some((mark) => mark.lastOffset === committed.lastOffset && mark.epoch === committed.epoch)) return;
    const end = marks.at(-1);
    this.world.report(
      'R4 leader completeness',
      `${node} leads epoch ${epoch} with a log up to ${end?.lastOffset} of epoch ${end?.epoch}, ` +
        `but ${committed.lastOffset} of epoch ${committed.epoch} was committed before`,
    );
  }
}
