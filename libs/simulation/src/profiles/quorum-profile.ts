import { createDelta, emptyImage, decodeMetadataRecord, imageDigest, type MetadataImage } from '@milena/metadata';
import { addOffset, uuidFromBytes } from '@milena/model';
import type { PlantedBugs } from '@milena/raft';
import { createActiveControllerChannel, type CommittedBatch } from '@milena/raft-driver';
import { checkLogMatching } from '../checkers/log-matching';
import { createQuorumCheckers } from '../checkers/quorum-checkers';
import { drawFaultMix, FaultInjector } from '../faults';
import { ControllerNode } from '../nodes/controller-node';
import { playWorld } from '../world-run';
import type { SeedReport } from '../seed-report';
import { AdminWorkload } from '../workload/admin-workload';
import { startPseudoBroker } from '../workload/pseudo-broker';
import { createWorld, type World } from '../world';
import type { LogSink } from '../world-log';

const FAULTY_MS = 14_000;
const RECOVERY_MS = 6_000;
const CHECK_LOGS_EVERY_MS = 2_000;

/** Settings of a run that do not come from the seed. */
export interface QuorumProfileOptions {
  readonly plantedBugs?: PlantedBugs;
  /** Sees what the nodes log. */
  readonly onLog?: LogSink;
}

/**
 * 1, 3 or 5 production controllers, topics created and deleted through their RPCs, faults for 14 simulated seconds, then
 * 6 seconds in which everything must come back: one leader, a write accepted, equal images, nothing acknowledged lost.
 */
export async function runQuorumSeed(seed: number, options: QuorumProfileOptions = {}): Promise<SeedReport> {
  const world = createWorld(seed, options.onLog);
  const random = world.random.fork('quorum profile');
  const clusterId = uuidFromBytes(random.bytes(16));
  const checkers = createQuorumCheckers(world);
  const count = [1, 3, 3, 3, 5][random.below(5)]!;
  const slowDisk = random.chance(0.4);
  const nodes = Array.from({ length: count }, (_, index) => {
    return new ControllerNode({
      world,
      clusterId,
      nodeId: 101 + index,
      syncLatencyMs: slowDisk ? { min: 1, max: 30 } : { min: 0.2, max: 3 },
      plantedBugs: options.plantedBugs ?? {},
      checkers,
    });
  });
  const controllers = createActiveControllerChannel({
    platform: { clock: world.time.clock, timers: world.time.timers, random, logger: world.logger },
    connector: world.outside,
    metadataLog: { leader: () => ({ leaderId: undefined, epoch: 0 }) },
    bootstrap: nodes.map(({ endpoint }) => endpoint),
  });
  const workloads = ['a', 'b'].map((label) => new AdminWorkload(world, controllers, label));
  const faults = new FaultInjector({ world, machines: nodes.map(({ machine }) => machine) }, drawFaultMix(random));
  const checkLogs = (): void => {
    const logs = nodes.flatMap((node) => {
      const marks = node.log();
      return marks === undefined ? [] : [[node.endpoint.host, marks] as const];
    });
    checkLogMatching(world, new Map(logs));
  };

  return playWorld(seed, {
    name: 'quorum',
    world,
    checkAfterEvent: () => {
      for (const node of nodes) node.checkLeadership();
    },
    acknowledged: () => workloads.reduce((sum, { acknowledged }) => sum + acknowledged, 0),
    async play(run) {
      for (const node of nodes) await world.time.resolve(node.format(nodes.map(({ asVoter }) => asVoter)));
      for (const { machine } of nodes) machine.start();
      for (const id of [1, 2, 3]) startPseudoBroker(world, controllers, clusterId, id);
      for (const workload of workloads) void workload.run();
      faults.start();
      for (let passedMs = 0; passedMs < FAULTY_MS; passedMs += CHECK_LOGS_EVERY_MS) {
        await run(CHECK_LOGS_EVERY_MS);
        checkLogs();
      }
      faults.heal();
      for (const workload of workloads) workload.stop();
      await run(RECOVERY_MS - 2_000);
      await demandProgress(world, workloads[0]!, run);
      checkLogs();
      checkOutcome(world, nodes, workloads);
    },
  });
}

/** Liveness: with everything healed a write succeeds within two seconds. */
async function demandProgress(
  world: World,
  workload: AdminWorkload,
  run: (forMs: number) => Promise<void>,
): Promise<void> {
  let created = false;
  void workload.create('after-healing').then((outcome) => (created = outcome));
  await run(2_000);
  if (!created) world.violated('L1 progress after healing', 'no topic could be created within two seconds');
}

/** Every node holds the same metadata, and it agrees with what clients were told. */
function checkOutcome(world: World, nodes: readonly ControllerNode[], workloads: readonly AdminWorkload[]): void {
  const images = nodes.map(({ delivered }) => imageOf(delivered));
  const digests = new Set(images.map(imageDigest));
  if (digests.size !== 1) world.violated('R5 state machine safety', `images differ: ${[...digests].join(', ')}`);
  for (const { fates } of workloads) {
    for (const [name, fate] of fates) {
      const exists = images[0]?.topicByName(name) !== undefined;
      if (fate === 'created' && !exists) world.violated('R11 acknowledged write present', `topic ${name} is lost`);
      if (fate === 'deleted' && exists)
        world.violated('R11 acknowledged write present', `deleted topic ${name} is back`);
    }
  }
}

function imageOf(batches: readonly CommittedBatch[]): MetadataImage {
  const delta = createDelta(emptyImage);
  for (const { baseOffset, epoch, records } of batches) {
    records.forEach((record, index) => delta.replay(decodeMetadataRecord(record), addOffset(baseOffset, index), epoch));
  }
  return delta.apply();
}
