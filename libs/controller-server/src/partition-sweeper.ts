import {
  decide,
  partitionRules,
  sweepAll,
  sweepBroker,
  type PartitionSweep,
  type UnfinishedSweep,
} from '@milena/controller';
import type { MetadataRecord } from '@milena/metadata';
import type { Result } from '@milena/model';
import { CONTROLLER_LIMITS } from './controller-server-options';
import { KeyCounts } from './key-counts';
import type { QuorumController } from './quorum-controller';

/**
 * Carries on what did not fit into one batch: a fenced broker's partitions get their new leaders in batches of bounded
 * size, between which everything else goes on. Two batches of a sweep wait for commitment at most. What a former
 * controller left undone is found by one sweep over everything after this one became active.
 */
export class PartitionSweeper {
  readonly #controller: QuorumController;
  /** Sweeps under way by broker; those over everything under undefined. */
  readonly #running = new KeyCounts<number | undefined>();
  /** Brokers that were leaving when this controller became active: a former one may not have moved all they lead. */
  #leavingBefore: ReadonlySet<number> = new Set();
  /** Grows when this controller stops being active: sweeps of its former reign end. */
  #reign = 0;

  constructor(controller: QuorumController) {
    this.#controller = controller;
  }

  /** Whether leaderships of a broker that leaves may still have to be moved. */
  isSweeping(brokerId: number): boolean {
    return this.#running.has(brokerId) || (this.#running.has(undefined) && this.#leavingBefore.has(brokerId));
  }

  /** Looks, a moment from now, at all partitions: the requests of those that waited for a controller come first. */
  begin(): void {
    const { latestImage } = this.#controller;
    const leaving = latestImage.brokers().filter(({ inControlledShutdown }) => inControlledShutdown);
    this.#leavingBefore = new Set(leaving.map(({ id }) => id));
    this.#start(sweepAll(latestImage), undefined, CONTROLLER_LIMITS.firstSweepDelayMs);
  }

  /** Settles the rest of what a decision concerns. */
  carryOn({ sweep, brokerId }: UnfinishedSweep): void {
    this.#start(sweep, brokerId, 0);
  }

  stop(): void {
    this.#reign += 1;
    this.#running.clear();
  }

  #start(sweep: PartitionSweep, brokerId: number | undefined, delayMs: number): void {
    this.#running.add(brokerId);
    this.#run(sweep, brokerId, delayMs).catch(this.#controller.options.onFatal);
  }

  async #run(first: PartitionSweep, brokerId: number | undefined, delayMs: number): Promise<void> {
    const reign = this.#reign;
    let sweep = first;
    let before: Promise<Result<unknown>> | undefined;
    await this.#pause(delayMs);
    while (reign === this.#reign) {
      const batch = this.#step(sweep);
      const isLast = sweep.isDone;
      const outcome = await (isLast ? (batch ?? before) : before);
      before = batch;
      if (reign !== this.#reign) return;
      if (outcome?.ok === false) {
        // What was refused is found again from the start.
        await this.#pause(CONTROLLER_LIMITS.sweepRetryMs);
        sweep = this.#again(brokerId);
        before = undefined;
      } else if (isLast) {
        this.#finished(brokerId);
        return;
      } else await this.#pause(0);
    }
  }

  /** Submits the next records; undefined when the step found none. */
  #step(sweep: PartitionSweep): Promise<Result<unknown>> | undefined {
    const { latestImage: image, defaults } = this.#controller;
    const records: readonly MetadataRecord[] = sweep.step(image, { rulesOf: partitionRules(image, defaults) });
    if (records.length === 0) return undefined;
    return this.#controller.submit(() => decide(records, undefined), { operation: 'settle partitions' });
  }

  #again(brokerId: number | undefined): PartitionSweep {
    const { latestImage } = this.#controller;
    return brokerId === undefined ? sweepAll(latestImage) : sweepBroker(latestImage, brokerId);
  }

  #finished(brokerId: number | undefined): void {
    this.#running.remove(brokerId);
    if (brokerId !== undefined) this.#noteShutdown(brokerId);
  }

  /** Others may send no client to a broker that leaves once they have applied the last of its leaderships' moves. */
  #noteShutdown(brokerId: number): void {
    const { latestImage: image, sessions } = this.#controller;
    const broker = image.broker(brokerId);
    if (broker === undefined || broker.fenced || !broker.inControlledShutdown || this.isSweeping(brokerId)) return;
    sessions.beginControlledShutdown(broker, image.provenance.offset);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#controller.options.platform.timers.after(ms, resolve));
  }
}
