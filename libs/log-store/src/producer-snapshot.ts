import { ByteReader, ByteWriter, crc32c, MalformedInput } from '@milena/bytes';
import { NO_OFFSET, type Offset, type ProducerId, type TimestampMs } from '@milena/model';
import type { ProducerEntry } from '@milena/replication';

const VERSION = 1;
const CRC_POSITION = 2;
const ENTRIES_POSITION = 6;
const ENTRY_BYTES = 46;
const NOTHING = -1;

/**
 * Bytes of a producer snapshot file: int16 version, uint32 CRC-32C of the rest, int32 count, then an entry per producer.
 * The format holds only the newest batch of each producer.
 */
export function encodeProducerSnapshot(entries: Iterable<ProducerEntry>): Buffer {
  const writer = new ByteWriter(1024);
  writer.int16(VERSION);
  writer.uint32(0);
  writer.int32(0);
  let count = 0;
  for (const entry of entries) {
    const batch = entry.batches.at(-1);
    writer.int64(entry.producerId);
    writer.int16(entry.epoch);
    writer.int32(batch?.lastSequence ?? NOTHING);
    writer.int64(batch?.lastOffset ?? NOTHING);
    writer.int32(batch?.offsetDelta ?? 0);
    writer.int64(entry.lastTimestamp);
    writer.int32(entry.coordinatorEpoch);
    writer.int64(entry.currentTxnFirstOffset);
    count += 1;
  }
  writer.patchInt32(ENTRIES_POSITION, count);
  const bytes = writer.finish();
  bytes.writeUInt32BE(crc32c(bytes.subarray(ENTRIES_POSITION)), CRC_POSITION);
  return bytes;
}

/** Decodes a producer snapshot; MalformedInput when version, CRC or length are wrong. */
export function decodeProducerSnapshot(bytes: Buffer): readonly ProducerEntry[] {
  const reader = new ByteReader(bytes);
  const version = reader.int16();
  if (version !== VERSION) throw new MalformedInput(`producer snapshot of version ${version}`);
  const crc = reader.uint32();
  if (crc !== crc32c(bytes.subarray(ENTRIES_POSITION))) throw new MalformedInput('producer snapshot fails its CRC');
  const count = reader.int32();
  if (count < 0 || count * ENTRY_BYTES !== reader.remaining) throw new MalformedInput('producer snapshot length');
  const entries: ProducerEntry[] = [];
  for (let index = 0; index < count; index += 1) {
    const producerId = reader.int64() as ProducerId;
    const epoch = reader.int16();
    const lastSequence = reader.int32();
    const lastOffset = reader.int64() as Offset;
    const offsetDelta = reader.int32();
    const lastTimestamp = reader.int64() as TimestampMs;
    const batches =
      lastOffset === NO_OFFSET ? [] : [{ lastSequence, lastOffset, offsetDelta, timestamp: lastTimestamp }];
    const coordinatorEpoch = reader.int32();
    const currentTxnFirstOffset = reader.int64() as Offset;
    entries.push({ producerId, epoch, batches, lastTimestamp, coordinatorEpoch, currentTxnFirstOffset });
  }
  return entries;
}
