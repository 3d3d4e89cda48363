import { invariant } from './invariant';

/** A 128-bit id in Kafka's text form: 22 characters of unpadded base64url. Topic ids, directory ids, cluster ids. */
export type Uuid = string;

/** Kafka's "no id". */
export const ZERO_UUID: Uuid = 'AAAAAAAAAAAAAAAAAAAAAA';
/** Topic id of `__cluster_metadata` (low bits 1). */
export const METADATA_TOPIC_ID: Uuid = 'AAAAAAAAAAAAAAAAAAAAAQ';

/** Text form of 16 bytes. */
export function uuidFromBytes(bytes: Uint8Array): Uuid {
  invariant(bytes.length === 16, 'a uuid has 16 bytes', { length: bytes.length });
  return Buffer.from(bytes.buffer, bytes.byteOffset, 16).toString('base64url');
}

/** The 16 bytes of a uuid's text form. */
export function uuidToBytes(uuid: Uuid): Buffer {
  const bytes = Buffer.from(uuid, 'base64url');
  invariant(bytes.length === 16, 'not a uuid', { uuid });
  return bytes;
}

/** Whether `text` is the text form of 16 bytes. */
export function isUuid(text: string): boolean {
  // Of the last character only two bits belong to the 128; the others are zero.
  return /^[A-Za-z0-9_-]{21}[AQgw]$/.test(text);
}

/**
 * A random (version 4) uuid from 16 random bytes. A text that begins with '-' is never made, because command lines
 * would take it for an option (Kafka draws again for the same reason).
 */
export function randomUuid(randomBytes: (count: number) => Uint8Array): Uuid {
  for (;;) {
    const bytes = Buffer.from(randomBytes(16));
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    const uuid = uuidFromBytes(bytes);
    if (!uuid.startsWith('-')) return uuid;
  }
}
