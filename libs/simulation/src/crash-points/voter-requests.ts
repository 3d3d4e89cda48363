import { addVoterRpc, removeVoterRpc, updateFeaturesRpc, type Rpc } from '@milena/cluster-protocol';
import type { ErrorName } from '@milena/model';
import type { ResponseFacts } from '@milena/raft';
import { createQuorumLeaderChannel, type QuorumLeaderChannel } from '@milena/raft-driver';
import type { ControllerNode } from '../nodes/controller-node';
import { callController } from '../workload/call-controller';
import { voterName } from '../voters-in-log';
import type { Stage } from './scenario';

const CALL_TIMEOUT_MS = 2_000;

/** Asks for changes of the voters, as often as it likes; each resolves with whether the change is done and committed. */
export class VoterRequests {
  readonly #channel: QuorumLeaderChannel;

  constructor(private readonly stage: Pick<Stage, 'world' | 'quorum' | 'controllers'>) {
    const { world, quorum } = stage;
    const { clock, timers } = world.time;
    this.#channel = createQuorumLeaderChannel({
      platform: { clock, timers, random: world.random.fork('voter requests') },
      connector: world.outside,
      bootstrap: quorum.nodes.map(({ endpoint }) => endpoint),
    });
  }

  async add(node: ControllerNode): Promise<boolean> {
    const { nodeId: id, directoryId, endpoint } = node;
    const error = await this.#ask(addVoterRpc, {
      type: 'addVoter',
      clusterId: this.stage.quorum.clusterId,
      voter: { id, directoryId },
      endpoint,
      timeoutMs: CALL_TIMEOUT_MS,
      ackWhenCommitted: true,
    });
    return (error === 'NONE' || error === 'DUPLICATE_VOTER') && this.#votes(node);
  }

  async remove(node: ControllerNode): Promise<boolean> {
    const { nodeId: id, directoryId } = node;
    const { clusterId } = this.stage.quorum;
    const error = await this.#ask(removeVoterRpc, { type: 'removeVoter', clusterId, voter: { id, directoryId } });
    return (error === 'NONE' || error === 'VOTER_NOT_FOUND') && !this.#votes(node);
  }

  /** Makes the voters of the configuration voters of the log. */
  async raiseKraftVersion(): Promise<boolean> {
    const { controllers, quorum } = this.stage;
    const outcome = await callController(controllers, updateFeaturesRpc, {
      principal: 'User:simulation',
      updates: [{ name: 'kraft.version', level: 1, upgradeType: 'UPGRADE' }],
      validateOnly: false,
      timeoutMs: CALL_TIMEOUT_MS,
    });
    const isLogged = quorum.checkers.voterChanges.committedSet?.isInherited === false;
    return outcome.isAnswered && outcome.answer.result.ok && isLogged;
  }

  #votes({ asVoter }: ControllerNode): boolean {
    const voters = this.stage.quorum.checkers.voterChanges.committedSet?.voters ?? [];
    return voters.some((voter) => voterName(voter) === voterName(asVoter));
  }

  async #ask<Request, Response extends ResponseFacts>(
    rpc: Rpc<Request, Response>,
    request: Request,
  ): Promise<ErrorName> {
    const outcome = await this.#channel.ask(rpc, request, { kind: 'change', timeoutMs: CALL_TIMEOUT_MS });
    return outcome.ok ? outcome.value.error : outcome.error.code;
  }
}
