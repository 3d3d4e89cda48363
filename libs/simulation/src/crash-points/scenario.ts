import type { ActiveControllerChannel } from '@milena/raft-driver';
import type { Action } from '../choices/script';
import type { ControllerNode } from '../nodes/controller-node';
import type { SimulatedQuorum, SimulatedQuorumOptions } from '../nodes/simulated-quorum';
import type { AdminWorkload } from '../workload/admin-workload';
import type { ControllerWorkload } from '../workload/controller-workload';
import type { World } from '../world';

/** What a scenario acts on. */
export interface Stage {
  readonly quorum: SimulatedQuorum;
  readonly world: World;
  readonly workload: AdminWorkload;
  /** A way to the active controller for clients that never crash. */
  readonly controllers: ActiveControllerChannel;
  /** The living brokers; undefined where brokers only register and heartbeat. */
  readonly cluster: ControllerWorkload | undefined;
  /** Creates so many topics at once, `topic-0` first; answers are not waited for. */
  burst(count: number): void;
  /**
   * Asks for a change at once, and with everything healed again and again until it is done, which must be soon; `ask`
   * resolves with whether it is.
   */
  change(what: string, ask: () => Promise<boolean>): void;
  /** Lets virtual milliseconds pass. */
  run(forMs: number): Promise<void>;
}

/** A course of events in which every effect of a controller is a place to crash. */
export interface CrashScenario {
  readonly name: string;
  /** Without observers, joiners and snapshots unless said otherwise. */
  readonly quorum: Pick<SimulatedQuorumOptions, 'voters' | 'joiners' | 'autoJoin' | 'isStatic' | 'habits'> &
    Partial<Pick<SimulatedQuorumOptions, 'observers'>>;
  /** Brokers that live as the controller sees them, and what they do until they are settled. */
  readonly cluster?: { readonly brokers: number; readonly actions: readonly Action[] };
  /** Whether drivers are stopped: each ends its process, which nothing here does for it. */
  readonly stopsDrivers?: boolean;
  /** Up to the moment from which effects count. */
  setUp(stage: Stage): Promise<void>;
  /** What happens while effects count. */
  act(stage: Stage): Promise<void>;
}

const SETTLE_MS = 1_500;

/** Until a leader is elected and the brokers are unfenced. */
export async function settled({ run }: Stage): Promise<void> {
  await run(SETTLE_MS);
}

/** The leader; any controller while there is none. */
export function leaderOf({ quorum }: Stage): ControllerNode {
  return quorum.nodes.find(({ isLeading }) => isLeading) ?? (quorum.nodes[0] as ControllerNode);
}

/** The first controller that does not lead. */
export function followerOf(stage: Stage): ControllerNode {
  const leader = leaderOf(stage);
  return stage.quorum.nodes.find((node) => node !== leader) ?? leader;
}

/** Starts every controller that is down. */
export function startAll({ quorum }: Stage): void {
  for (const { machine } of quorum.nodes) machine.start();
}
