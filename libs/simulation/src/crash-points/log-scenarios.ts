import { followerOf, leaderOf, settled, startAll, type CrashScenario } from './scenario';

/** Records are appended, fetched, thrown away and recovered. */
export const LOG_SCENARIOS: readonly CrashScenario[] = [
  {
    name: 'single voter',
    quorum: { voters: 1 },
    setUp: settled,
    act: async ({ burst, run }) => (burst(4), await run(150)),
  },
  {
    name: 'append burst',
    quorum: { voters: 3 },
    setUp: settled,
    act: async ({ burst, run }) => (burst(6), await run(120)),
  },
  {
    name: 'divergence',
    quorum: { voters: 3 },
    setUp: async (stage) => {
      await settled(stage);
      const { machine } = leaderOf(stage);
      for (const other of stage.quorum.nodes) {
        if (other.machine === machine) continue;
        stage.world.network.block(machine.host, other.machine.host);
        stage.world.network.block(other.machine.host, machine.host);
      }
      stage.burst(3);
      await stage.run(5_000);
      stage.burst(3);
      await stage.run(300);
    },
    act: async ({ world, run }) => {
      world.network.healAll();
      await run(700);
    },
  },
  {
    name: 'restart of a follower',
    quorum: { voters: 3 },
    setUp: settled,
    act: async (stage) => {
      const { machine } = followerOf(stage);
      machine.crash('keep');
      machine.start();
      await stage.run(300);
    },
  },
  {
    name: 'recovery of a torn log',
    quorum: { voters: 3 },
    setUp: async (stage) => {
      await settled(stage);
      stage.burst(4);
      await stage.run(6);
      followerOf(stage).machine.crash('tear');
    },
    act: async (stage) => {
      startAll(stage);
      await stage.run(300);
    },
  },
  {
    name: 'everybody at once',
    quorum: { voters: 3 },
    setUp: async (stage) => {
      await settled(stage);
      stage.burst(3);
      await stage.run(5);
      for (const { machine } of stage.quorum.nodes) machine.crash('lose-unsynced');
    },
    act: async (stage) => {
      startAll(stage);
      await stage.run(400);
    },
  },
  {
    name: 'a follower catches up',
    quorum: { voters: 3 },
    setUp: async (stage) => {
      await settled(stage);
      followerOf(stage).machine.crash('keep');
      stage.burst(40);
      await stage.run(400);
    },
    act: async (stage) => {
      startAll(stage);
      await stage.run(250);
    },
  },
  {
    name: 'an observer joins',
    quorum: { voters: 3, observers: 1 },
    setUp: settled,
    act: async (stage) => {
      for (const { machine } of stage.quorum.observers) {
        machine.crash('keep');
        machine.start();
      }
      await stage.run(250);
    },
  },
];
