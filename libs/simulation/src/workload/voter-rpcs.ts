import { addVoterRpc, removeVoterRpc, updateFeaturesRpc, type Rpc } from '@milena/cluster-protocol';
import type { ErrorName } from '@milena/model';
import type { ResponseFacts } from '@milena/raft';
import {
  createQuorumLeaderChannel,
  type ActiveControllerChannel,
  type FirstVoter,
  type QuorumLeaderChannel,
} from '@milena/raft-driver';
import type { ControllerNode } from '../nodes/controller-node';
import type { SimulatedQuorum } from '../nodes/simulated-quorum';
import type { World } from '../world';
import { callController } from './call-controller';

const CALL_TIMEOUT_MS = 2_000;

/** Whom voters are changed for. */
export interface VoterRpcsOptions {
  readonly world: World;
  readonly quorum: SimulatedQuorum;
  readonly controllers: ActiveControllerChannel;
}

/** The calls that change the voters, from outside. */
export class VoterRpcs {
  readonly #channel: QuorumLeaderChannel;

  constructor(private readonly options: VoterRpcsOptions) {
    const { world, quorum } = options;
    const { clock, timers } = world.time;
    this.#channel = createQuorumLeaderChannel({
      platform: { clock, timers, random: world.random.fork('operator channel') },
      connector: world.outside,
      bootstrap: quorum.nodes.map(({ endpoint }) => endpoint),
    });
  }

  /** AddVoter of a controller on the disk it has, answered when it is committed. */
  add({ nodeId: id, directoryId, endpoint }: ControllerNode): Promise<ErrorName> {
    return this.#ask(addVoterRpc, {
      type: 'addVoter',
      clusterId: this.options.quorum.clusterId,
      voter: { id, directoryId },
      endpoint,
      timeoutMs: CALL_TIMEOUT_MS,
      ackWhenCommitted: true,
    });
  }

  /** RemoveVoter. */
  remove({ voterId: id, directoryId }: Pick<FirstVoter, 'voterId' | 'directoryId'>): Promise<ErrorName> {
    const { clusterId } = this.options.quorum;
    return this.#ask(removeVoterRpc, { type: 'removeVoter', clusterId, voter: { id, directoryId } });
  }

  /** Makes the voters of the configuration voters of the log; resolves with whether they were told to be. */
  async raiseKraftVersion(): Promise<boolean> {
    const outcome = await callController(this.options.controllers, updateFeaturesRpc, {
      principal: 'User:simulation',
      updates: [{ name: 'kraft.version', level: 1, upgradeType: 'UPGRADE' }],
      validateOnly: false,
      timeoutMs: CALL_TIMEOUT_MS,
    });
    return outcome.isAnswered && outcome.answer.result.ok;
  }

  async #ask<Request, Response extends ResponseFacts>(
    rpc: Rpc<Request, Response>,
    request: Request,
  ): Promise<ErrorName> {
    const outcome = await this.#channel.ask(rpc, request, { kind: 'change', timeoutMs: CALL_TIMEOUT_MS });
    return outcome.ok ? outcome.value.error : outcome.error.code;
  }
}
