import { readIndexRpc } from '@milena/cluster-protocol';
import type { Endpoint, Offset } from '@milena/model';
import type { World } from '../world';

const CALL_TIMEOUT_MS = 1500;
/** How long a leader may take to make sure that it leads. */
const READ_TIMEOUT_MS = 1000;

/**
 * A client that asks controllers how far a read must see, and holds each answer against what was committed when it asked: the
 * log up to there must have all that any leader had committed by then (Raft dissertation, section 6.4).
 */
export class ReadIndexClient {
  /** Whoever was told by a leader goes on asking it, until it says that it leads no more. */
  #trusted: string | undefined;

  constructor(
    private readonly world: World,
    /** Everything before it is committed, as some leader knows. */
    private readonly committedEnd: () => number,
  ) {}

  /** Host of the last controller that answered as a leader, unless it has since said that it is none. */
  get trusted(): string | undefined {
    return this.#trusted;
  }

  /** Asks the controller there; undefined when it does not lead, does not know in time, or does not answer. */
  async ask(endpoint: Endpoint): Promise<Offset | undefined> {
    const { world } = this;
    const end = this.committedEnd();
    const channel = world.outside.connect(endpoint, 'admin');
    const request = readIndexRpc.encodeRequest({ type: 'readIndex', timeoutMs: READ_TIMEOUT_MS });
    const answer = await channel.unary(readIndexRpc.method, request, { timeoutMs: CALL_TIMEOUT_MS });
    channel.close();
    if (!answer.ok) return undefined;
    const { error, readIndex } = readIndexRpc.decodeResponse(answer.value);
    if (error === 'REQUEST_TIMED_OUT') world.mark('a leader could not tell a reader in time that it leads');
    if (error === 'NOT_LEADER_OR_FOLLOWER' && this.#trusted === endpoint.host) this.#trusted = undefined;
    if (readIndex === undefined) return undefined;
    this.#trusted = endpoint.host;
    if (readIndex < end)
      world.report('linearizability', `${endpoint.host} lets a read see ${readIndex}, ${end} was committed before it`);
    return readIndex;
  }
}
