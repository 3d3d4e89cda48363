import type { ControllerNode } from '../nodes/controller-node';
import { voterName } from '../voters-in-log';
import { VoterRpcs } from '../workload/voter-rpcs';
import type { Stage } from './scenario';

/** Asks for changes of the voters, as often as it likes; each resolves with whether the change is done and committed. */
export class VoterRequests {
  readonly #rpcs: VoterRpcs;

  constructor(private readonly stage: Pick<Stage, 'world' | 'quorum' | 'controllers'>) {
    this.#rpcs = new VoterRpcs(stage);
  }

  async add(node: ControllerNode): Promise<boolean> {
    const error = await this.#rpcs.add(node);
    return (error === 'NONE' || error === 'DUPLICATE_VOTER') && this.#votes(node);
  }

  async remove(node: ControllerNode): Promise<boolean> {
    const error = await this.#rpcs.remove(node.asVoter);
    return (error === 'NONE' || error === 'VOTER_NOT_FOUND') && !this.#votes(node);
  }

  /** Makes the voters of the configuration voters of the log. */
  async raiseKraftVersion(): Promise<boolean> {
    const { voterChanges } = this.stage.quorum.checkers;
    return (await this.#rpcs.raiseKraftVersion()) && voterChanges.committedSet?.isInherited === false;
  }

  #votes({ asVoter }: ControllerNode): boolean {
    const voters = this.stage.quorum.checkers.voterChanges.committedSet?.voters ?? [];
    return voters.some((voter) => voterName(voter) === voterName(asVoter));
  }
}
