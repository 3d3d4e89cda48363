import type { ControllerNode } from '../nodes/controller-node';
import { leaderOf, settled, type CrashScenario, type Stage } from './scenario';

async function leaderChanges(stage: Stage, change: (leader: ControllerNode) => void): Promise<void> {
  change(leaderOf(stage));
  await stage.run(400);
}

/** Leaders come and go. */
export const ELECTION_SCENARIOS: readonly CrashScenario[] = [
  {
    name: 'first election',
    quorum: { voters: 3 },
    setUp: async () => undefined,
    act: ({ run }) => run(300),
  },
  {
    name: 'election after a power cut',
    quorum: { voters: 3 },
    setUp: settled,
    act: (stage) => leaderChanges(stage, ({ machine }) => machine.crash('lose-unsynced')),
  },
  {
    name: 'leader resigns',
    quorum: { voters: 3 },
    setUp: settled,
    act: (stage) => leaderChanges(stage, ({ driver }) => driver?.resign(driver.leader().epoch)),
  },
  {
    name: 'hand-over at a stop',
    quorum: { voters: 3 },
    stopsDrivers: true,
    setUp: settled,
    // A crash ends the stop with it.
    act: (stage) => leaderChanges(stage, ({ driver }) => void driver?.stop().catch(() => undefined)),
  },
  {
    name: 'a zombie wakes',
    quorum: { voters: 3 },
    setUp: async (stage) => {
      await settled(stage);
      leaderOf(stage).machine.pause();
      await stage.run(6_000);
    },
    act: async (stage) => {
      for (const { machine } of stage.quorum.nodes) machine.resume();
      stage.burst(2);
      await stage.run(300);
    },
  },
];
