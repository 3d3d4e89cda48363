import type { Random } from '@milena/platform';

/** Characters of a client's name that go into the ids of its members. */
const PREFIX_MAX = 200;

/** A member id as Kafka's: the client's or the instance's name, and a random UUID. */
export function newMemberId(prefix: string, random: Random): string {
  const bytes = Buffer.from(random.bytes(16));
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  const uuid = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  // Half a character cannot be sent: what the client comes back with would be another id.
  const sendable = Buffer.from(prefix.slice(0, PREFIX_MAX)).toString();
  return `${sendable}-${uuid}`;
}
