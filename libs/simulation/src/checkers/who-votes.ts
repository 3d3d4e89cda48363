import { voteRpc } from '@milena/cluster-protocol';
import type { ServiceHost } from '@milena/platform';
import { voterName } from '../voters-in-log';
import { watchUnary } from '../watch-unary';
import type { World } from '../world';
import type { ReplicaOfVoters } from './voter-changes';

/** How a controller stands in the quorum. */
export interface Standing {
  role(): string;
  /** Whom it voted for in its epoch; -1 for nobody. */
  votedId(): number;
}

/**
 * R10: whoever leads is a voter by its log, or was one before a removal that it does not know to be committed; a majority of
 * the voters in its log voted for it, nobody else counts; and no epoch comes from anything but an election or a resignation.
 */
export class WhoVotes {
  /** By epoch: who was granted the vote of which voter, as `voter>candidate`. */
  readonly #granted = new Map<number, Set<string>>();
  readonly #leaders = new Map<number, number>();
  #highestEpoch = 0;
  /** Highest epoch for which a vote was asked for. */
  #askedEpoch = 0;

  constructor(private readonly world: World) {}

  /** The service host of the voter that `name` names, with an eye on the votes it grants. */
  watch(host: ServiceHost, name: () => string): ServiceHost {
    return watchUnary(host, voteRpc.method, {
      asked: (request) => this.#asked(request),
      answered: (request, response) => this.#answered(name(), request, response),
    });
  }

  /** What a controller finds at its start says that it led `epoch`. */
  hasLed(voterId: number, epoch: number): void {
    this.#leaders.set(epoch, voterId);
  }

  /** A controller says that it leads `epoch`, for the first time; it knows what is committed up to `highWatermark`. */
  leads(replica: ReplicaOfVoters, epoch: number, highWatermark: number): void {
    this.#leaders.set(epoch, replica.voterId);
    const { host, sets, voterId } = replica;
    const last = sets.at(-1);
    if (last === undefined) return this.#report(`${host} leads epoch ${epoch} without knowing who votes`);
    const own = voterName(replica);
    const isUncommitted = last.offset >= highWatermark;
    const mayLead = sets.slice(isUncommitted ? -2 : -1).some(({ voters }) => voters.map(voterName).includes(own));
    if (!mayLead) this.#report(`${host} leads epoch ${epoch} and is no voter`);
    const names = last.voters.map(voterName);
    const votes = names.filter((name) => name === own || this.#granted.get(epoch)?.has(`${name}>${voterId}`) === true);
    if (votes.length * 2 > names.length) return;
    this.#report(`${host} leads epoch ${epoch} with the votes of ${votes.join(', ') || 'none'} of ${names.join(', ')}`);
  }

  /** A controller is in `epoch`; how it stands is asked for only when nobody was in that epoch before. */
  isIn(epoch: number, { host, voterId }: Pick<ReplicaOfVoters, 'host' | 'voterId'>, standing: Standing): void {
    if (epoch <= this.#highestEpoch) return;
    this.#highestEpoch = epoch;
    // Who led the epoch before may have resigned; it never leads the same epoch twice.
    if (this.#leaders.get(epoch - 1) === voterId || this.#wasVotedFor(epoch - 1, voterId)) return;
    const found = standing.role();
    if (found === 'candidate' || found === 'leader' || epoch <= this.#askedEpoch) return;
    // A candidate that was paused for long gives up in the same event, once or again, and has only its own vote to show.
    if ((found === 'prospective' || found === 'unattached') && standing.votedId() === voterId) return;
    this.#report(`${host} is ${found} in epoch ${epoch}, for which nobody has stood`);
  }

  /** One whose disk hung for long counts the votes and resigns in the same event: nobody sees it lead. */
  #wasVotedFor(epoch: number, voterId: number): boolean {
    return [...(this.#granted.get(epoch) ?? [])].some((vote) => vote.endsWith(`>${voterId}`));
  }

  /** A candidate may crash right behind its first request, before anybody sees its role. */
  #asked(bytes: Uint8Array): void {
    const { preVote, epoch } = voteRpc.decodeRequest(bytes);
    if (!preVote) this.#askedEpoch = Math.max(this.#askedEpoch, epoch);
  }

  #answered(voter: string, request: Uint8Array, response: Uint8Array): void {
    const { preVote, epoch, candidate } = voteRpc.decodeRequest(request);
    if (preVote || !voteRpc.decodeResponse(response).voteGranted) return;
    const granted = this.#granted.get(epoch) ?? new Set();
    this.#granted.set(epoch, granted);
    granted.add(`${voter}>${candidate.id}`);
  }

  #report(text: string): void {
    this.world.report('R10 who votes', text);
  }
}
