import { crc32c } from '@milena/bytes';
import { BATCH_FIELD } from './batch-header';

/** CRC-32C over everything from the attributes to the end of `batch`, which is one whole batch and nothing more. */
export function computeBatchCrc(batch: Buffer): number {
  return crc32c(batch.subarray(BATCH_FIELD.attributes));
}

/** Whether the CRC stored in `batch` (exactly one whole batch) fits its bytes. */
export function verifyCrc(batch: Buffer): boolean {
  return batch.readUInt32BE(BATCH_FIELD.crc) === computeBatchCrc(batch);
}
