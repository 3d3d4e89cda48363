import type { World } from '../world';

/** How long a controller may take to hear that it leads no more: what was committed before is told first. */
const HEARS_WITHIN_MS = 50;

/** C1: only the controller of a node that leads is active. */
export class OneActive {
  /** By host: when it was first seen to be active without leading. */
  readonly #since = new Map<string, number>();

  constructor(private readonly world: World) {}

  /** After an event, of a node that is awake, and whose disk ends syncs since `worksSinceMs`. */
  look(host: string, isActive: boolean, isLeading: boolean, worksSinceMs: number): void {
    if (!isActive || isLeading) return void this.#since.delete(host);
    const nowMs = this.world.time.nowMs();
    const sinceMs = this.#since.get(host) ?? nowMs;
    this.#since.set(host, sinceMs);
    const lastedMs = nowMs - Math.max(sinceMs, worksSinceMs);
    if (lastedMs <= HEARS_WITHIN_MS) return;
    this.world.report('C1 one active controller', `${host} is active and does not lead for ${Math.round(lastedMs)} ms`);
  }
}
