import type { ServedClient } from './served-client';

/** Ended sessions that are remembered, so that they are not resumed here. */
const ENDED_MAX = 10_000;

/** The connections of a server and the sessions they carry. */
export class ServedClients {
  readonly #clients = new Set<ServedClient>();
  readonly #bySession = new Map<bigint, ServedClient>();
  readonly #ended = new Set<bigint>();

  get sessionCount(): number {
    return this.#bySession.size;
  }

  all(): readonly ServedClient[] {
    return [...this.#clients];
  }

  add(client: ServedClient): void {
    this.#clients.add(client);
  }

  /** The session is the client's from now on; another connection that carried it is closed. */
  attach(client: ServedClient, sessionId: bigint): void {
    const former = this.#bySession.get(sessionId);
    this.#bySession.set(sessionId, client);
    former?.close('its session moved to another connection');
  }

  isAttached(sessionId: bigint): boolean {
    return this.#bySession.has(sessionId);
  }

  remove(client: ServedClient): void {
    this.#clients.delete(client);
    const id = client.session?.id;
    if (id !== undefined && this.#bySession.get(id) === client) this.#bySession.delete(id);
  }

  /** A client closed its session: nobody resumes it here. */
  endSession(sessionId: bigint): void {
    this.#bySession.delete(sessionId);
    this.#ended.add(sessionId);
    const [oldest] = this.#ended;
    if (this.#ended.size > ENDED_MAX && oldest !== undefined) this.#ended.delete(oldest);
  }

  isEnded(sessionId: bigint): boolean {
    return this.#ended.has(sessionId);
  }
}
