import { alterPartitionReassignmentsRpc, electLeadersRpc } from '@milena/cluster-protocol';
import type { PartitionState } from '@milena/metadata';
import { callController } from '../workload/call-controller';
import { settled, type CrashScenario, type Stage } from './scenario';

const SHARED = { principal: 'User:simulation', validateOnly: false, timeoutMs: 2_000 } as const;
const TOPIC = 'topic-0';

/** Brokers are unfenced, with partitions that have settled. */
async function topicsAreThere(stage: Stage): Promise<void> {
  await settled(stage);
  await stage.run(500);
  stage.burst(3);
  await stage.run(900);
}

/** As committed. */
function partitionOf({ quorum }: Stage): PartitionState | undefined {
  return quorum.checkers.truth.image.topicByName(TOPIC)?.partition(0);
}

/** Moves the replicas of a partition to `target`, the preferred leader first; resolves with whether they are there. */
async function move(stage: Stage, target: readonly number[]): Promise<boolean> {
  const topics = [{ name: TOPIC, partitions: [{ partition: 0, target }] }];
  const request = { ...SHARED, topics, allowReplicationFactorChange: true };
  await callController(stage.controllers, alterPartitionReassignmentsRpc, request);
  return partitionOf(stage)?.replicas.join() === target.join();
}

/** Resolves with whether the preferred leader leads. */
async function electPreferred(stage: Stage): Promise<boolean> {
  const topics = [{ name: TOPIC, partitions: [0] }];
  await callController(stage.controllers, electLeadersRpc, { ...SHARED, electionType: 'PREFERRED', topics });
  const partition = partitionOf(stage);
  return partition !== undefined && partition.leader === partition.replicas[0];
}

/** Replicas move, leaderships are given back, brokers stop. */
export const REPLICA_SCENARIOS: readonly CrashScenario[] = [
  {
    name: 'replicas move',
    quorum: { voters: 3 },
    cluster: { brokers: 4, actions: [] },
    setUp: async (stage) => {
      await topicsAreThere(stage);
      // Replicas catch up from now on, which ends the move.
      stage.cluster?.settle();
    },
    act: async (stage) => {
      const { replicas = [] } = partitionOf(stage) ?? {};
      const others = [1, 2, 3, 4].filter((id) => !replicas.includes(id));
      stage.change(`the move of ${TOPIC}-0 to ${others.join()}`, () => move(stage, others));
      await stage.run(1_500);
    },
  },
  {
    name: 'a leadership is given to another replica',
    quorum: { voters: 3 },
    cluster: { brokers: 3, actions: [] },
    setUp: topicsAreThere,
    act: async (stage) => {
      const { replicas = [] } = partitionOf(stage) ?? {};
      const reversed = replicas.toReversed();
      stage.change(
        `the election of ${reversed[0]}`,
        async () => (await move(stage, reversed)) && electPreferred(stage),
      );
      await stage.run(400);
    },
  },
  {
    name: 'a broker stops in good order',
    quorum: { voters: 3 },
    cluster: {
      brokers: 3,
      actions: [{ atMs: 2_900, by: 'broker 1', do: 'stop in order', hauntsAfterMs: 500, downMs: 200 }],
    },
    setUp: topicsAreThere,
    act: ({ run }) => run(1_600),
  },
];
