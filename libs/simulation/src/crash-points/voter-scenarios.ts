import type { ControllerNode } from '../nodes/controller-node';
import { followerOf, leaderOf, settled, startAll, type CrashScenario, type Stage } from './scenario';
import { SMALL_SNAPSHOTS } from './snapshot-scenarios';
import { VoterRequests } from './voter-requests';

/** The controller that is no voter to begin with. */
function newcomerOf({ quorum }: Stage): ControllerNode {
  return quorum.nodes.at(-1) as ControllerNode;
}

/** The newcomer is down from the beginning, and the others have cleaned away what it would have to fetch. */
async function newcomerMisses(stage: Stage): Promise<void> {
  newcomerOf(stage).machine.crash('keep');
  await settled(stage);
  stage.burst(10);
  await stage.run(500);
}

async function isRemoved(stage: Stage, node: ControllerNode): Promise<void> {
  const requests = new VoterRequests(stage);
  stage.change(`the removal of voter ${node.nodeId}`, () => requests.remove(node));
  await stage.run(400);
}

/** The voters change. */
export const VOTER_SCENARIOS: readonly CrashScenario[] = [
  {
    name: 'a newcomer is added to the voters',
    quorum: { voters: 3, joiners: 1, habits: SMALL_SNAPSHOTS },
    setUp: newcomerMisses,
    act: async (stage) => {
      startAll(stage);
      const node = newcomerOf(stage);
      const requests = new VoterRequests(stage);
      stage.change(`the addition of voter ${node.nodeId}`, () => requests.add(node));
      await stage.run(400);
    },
  },
  {
    name: 'a follower is removed from the voters',
    quorum: { voters: 3 },
    setUp: settled,
    act: (stage) => isRemoved(stage, followerOf(stage)),
  },
  {
    name: 'the leader is removed from the voters',
    quorum: { voters: 3 },
    setUp: settled,
    act: (stage) => isRemoved(stage, leaderOf(stage)),
  },
  {
    name: 'static voters become voters of the log',
    quorum: { voters: 3, isStatic: true },
    setUp: settled,
    act: async (stage) => {
      const requests = new VoterRequests(stage);
      stage.change('the raise of kraft.version', () => requests.raiseKraftVersion());
      await stage.run(300);
    },
  },
];
