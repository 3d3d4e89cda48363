import { allocateProducerIdsRpc } from '@milena/cluster-protocol';
import { failure, producerId, success, type ProducerId, type Result } from '@milena/model';
import type { ActiveControllerChannel } from '@milena/raft-driver';
import { callController } from './call-controller';
import type { ProducerIds } from './producer-ids';

const CALL_TIMEOUT_MS = 5_000;

/** What the blocks are asked for with. */
export interface ProducerIdBlocksOptions {
  readonly nodeId: number;
  readonly principal: string;
  readonly brokerEpoch: () => number;
  readonly controllerChannel: ActiveControllerChannel;
}

interface Block {
  next: number;
  readonly end: number;
}

/** Producer ids from blocks of the controller; whoever finds a block used up shares one request for the next (KIP-730). */
export class ProducerIdBlocks implements ProducerIds {
  #block: Block = { next: 0, end: 0 };
  #allocation: Promise<Result<Block>> | undefined;

  constructor(private readonly options: ProducerIdBlocksOptions) {}

  async next(): Promise<Result<ProducerId>> {
    while (this.#block.next === this.#block.end) {
      this.#allocation ??= this.#allocate();
      const allocated = await this.#allocation;
      if (!allocated.ok) return allocated;
    }
    return success(producerId(this.#block.next++));
  }

  async #allocate(): Promise<Result<Block>> {
    const { controllerChannel, principal, nodeId, brokerEpoch } = this.options;
    const request = { principal, brokerId: nodeId, brokerEpoch: brokerEpoch() };
    const allocated = await callController(controllerChannel, allocateProducerIdsRpc, request, CALL_TIMEOUT_MS);
    this.#allocation = undefined;
    // What every client tries again after: the ids exist, only whoever hands them out cannot do so now.
    if (!allocated.ok) return failure('COORDINATOR_LOAD_IN_PROGRESS', allocated.error.message);
    const { firstProducerId, count } = allocated.value;
    this.#block = { next: firstProducerId, end: firstProducerId + count };
    return success(this.#block);
  }
}
