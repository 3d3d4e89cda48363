// Which controllers have rehearsed elections (docs/decisions/0029), by what they log.
import { until } from '../../conformance/process.mjs';

/** Told of all that a cluster logs, and of each controller that begins anew. */
export class Rehearsals {
  #rest = '';
  #done = new Set();

  /** Takes a piece of the log, which need not end with a line. */
  take(chunk) {
    const lines = (this.#rest + chunk).split('\n');
    this.#rest = lines.pop();
    for (const line of lines.filter((each) => each.includes('"rehearsed elections"'))) {
      this.#done.add(JSON.parse(line).node_id);
    }
  }

  startsAgain(id) {
    this.#done.delete(id);
  }

  /** Waits until these have. */
  async of(ids) {
    await until(
      `controllers ${ids.join()} to rehearse`,
      30_000,
      () => ids.every((id) => this.#done.has(id)) || undefined,
    );
  }
}
