import type { VoterEntry } from '@milena/record-batch';
import type { World } from '../world';

/** What a leader takes for a sign of life of a follower. */
const FETCH_METHODS = /raft\.v1\.RaftService\/Fetch(Snapshot)?$/;
/** 1.5 fetch timeouts (KIP-853's check-quorum), and what one look of the leader at its clock may be late. */
const LEADS_ALONE_MS_MAX = 3000 + 600;

/** What a look at a leader showed, and until when that is enough: what was fetched stays fetched. */
interface Look {
  readonly sinceMs: number;
  readonly voters: readonly VoterEntry[];
  readonly holdsUntilMs: number;
}

/**
 * R12: a leader from which no majority has fetched for longer than its timeout does not lead any more. What it is asked
 * meanwhile must not be answered from a state that others have left behind.
 */
export class CheckQuorum {
  /** By leader's host: when each follower's last fetch was delivered there. */
  readonly #fetches = new Map<string, Map<string, number>>();
  /** By leader's host. */
  readonly #looks = new Map<string, Look>();

  constructor(private readonly world: World) {
    world.onDelivery(({ from, to, method }) => {
      if (!FETCH_METHODS.test(method)) return;
      let fetches = this.#fetches.get(to);
      if (fetches === undefined) this.#fetches.set(to, (fetches = new Map()));
      fetches.set(from, world.time.nowMs());
    });
  }

  /** `host` leads these voters since `sinceMs`, or since then was awake again with a disk that ends syncs. */
  leads(host: string, sinceMs: number, voters: readonly VoterEntry[]): void {
    const nowMs = this.world.time.nowMs();
    if (nowMs - sinceMs < LEADS_ALONE_MS_MAX) return;
    const look = this.#looks.get(host);
    if (look?.sinceMs === sinceMs && look.voters === voters && nowMs <= look.holdsUntilMs) return;
    const hosts = voters.map(({ endpoints }) => endpoints[0]?.host);
    const needed = Math.floor(voters.length / 2) + (hosts.includes(host) ? 0 : 1);
    if (needed === 0) return;
    const contacts = [...(this.#fetches.get(host) ?? [])]
      .flatMap(([from, atMs]) => (from !== host && hosts.includes(from) ? [atMs] : []))
      .sort((left, right) => right - left);
    const lastMs = Math.max(sinceMs, contacts[needed - 1] ?? 0);
    // A clock that runs slow by a tenth makes a timeout that much longer.
    const holdsUntilMs = lastMs + LEADS_ALONE_MS_MAX * 1.12;
    this.#looks.set(host, { sinceMs, voters, holdsUntilMs });
    if (nowMs <= holdsUntilMs) return;
    this.world.report(
      'R12 check quorum',
      `${host} leads on although no majority has fetched from it for ${Math.round(nowMs - lastMs)} ms`,
    );
  }
}
