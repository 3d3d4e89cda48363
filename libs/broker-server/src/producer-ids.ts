import type { ProducerId, Result } from '@milena/model';

/** Hands out producer ids from blocks that the controller allocates to this broker (KIP-730). */
export interface ProducerIds {
  /** A producer id nobody else ever gets; fails with a retriable error while no controller answers. */
  next(): Promise<Result<ProducerId>>;
}
