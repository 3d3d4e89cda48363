import type { Offset } from '@milena/model';
import type { ChannelFailure } from '@milena/platform';
import {
  type CommittedBatch,
  type LeaderInfo,
  type MetadataLogListener,
  type MetadataSnapshot,
  SnapshotGenerator,
  snapshotTriggers,
} from '@milena/raft-driver';
import type { ControllerServerOptions } from './controller-server-options';
import { snapshotOfImage } from './metadata-state-machine';
import type { QuorumController } from './quorum-controller';

/** A controller that writes snapshots of its committed image, as every node does for itself (KIP-630). */
export class SnapshottingController implements MetadataLogListener {
  readonly #generator: SnapshotGenerator;

  constructor(
    private readonly controller: QuorumController,
    { platform, metadataLog, config }: ControllerServerOptions,
  ) {
    this.#generator = new SnapshotGenerator({
      platform,
      metadataLog,
      triggers: snapshotTriggers(config.server),
      snapshot: () => snapshotOfImage(controller.committedImage),
    });
  }

  *onSnapshot(snapshot: MetadataSnapshot): Iterable<void> {
    yield* this.controller.onSnapshot(snapshot);
    this.#generator.onSnapshot();
  }

  onCommitted(batch: CommittedBatch): void {
    this.controller.onCommitted(batch);
    this.#generator.onCommitted(batch);
  }

  onDelivered(end: Offset): void {
    this.controller.onDelivered(end);
  }

  onLeader(epoch: number, startOffset: Offset): void {
    this.controller.onLeader(epoch, startOffset);
  }

  onLeaderChange(leader: LeaderInfo): void {
    this.controller.onLeaderChange(leader);
  }

  onElection(isOpen: boolean): void {
    this.controller.onElection(isOpen);
  }

  onResigned(epoch: number): void {
    this.controller.onResigned(epoch);
  }

  onReplicaLost(replicaId: number, failure: ChannelFailure): void {
    this.controller.onReplicaLost(replicaId, failure);
  }

  /** Writes nothing more. */
  stop(): void {
    this.#generator.close();
  }
}
