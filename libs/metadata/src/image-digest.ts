import { crc32c } from '@milena/bytes';
import { encodeMetadataRecord } from './codec/metadata-record-codec';
import { imageRecords } from './image-records';
import type { MetadataImage } from './metadata-image';

/**
 * A short text that is equal for equal images at the same offset, whatever way they were built: for checks that all
 * nodes agree. An open transaction is left out, as it is with all who only follow the log. Costs an encoding of the whole
 * image.
 */
export function imageDigest({ settled: image }: MetadataImage): string {
  const encoded = [...imageRecords(image)].map(encodeMetadataRecord);
  const checksum = crc32c(Buffer.concat(encoded)).toString(16).padStart(8, '0');
  return `${image.provenance.offset}@${image.provenance.epoch}:${encoded.length}:${checksum}`;
}
