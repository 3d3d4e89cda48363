import fc from 'fast-check';
import { BadPacketLength, PacketAssembler } from './packet-assembler';

const framed = (packet: Uint8Array): Buffer => {
  const prefix = Buffer.alloc(4);
  prefix.writeInt32BE(packet.length);
  return Buffer.concat([prefix, packet]);
};

describe('cutting bytes into packets', () => {
  it('gives every packet whole, however the bytes arrive', () => {
    const packets = fc.array(fc.uint8Array({ maxLength: 40_000 }), { maxLength: 6 });
    fc.assert(
      fc.property(packets, fc.array(fc.integer({ min: 1, max: 30_000 }), { minLength: 1 }), (wanted, cuts) => {
        const assembler = new PacketAssembler(50_000);
        const stream = Buffer.concat(wanted.map(framed));
        const got: Buffer[] = [];
        for (let at = 0, turn = 0; at < stream.length; turn += 1) {
          const chunk = stream.subarray(at, at + (cuts[turn % cuts.length] ?? 1));
          for (let used = 0; used < chunk.length;) {
            used += assembler.push(chunk.subarray(used), (packet) => got.push(Buffer.from(packet)) % 2 === 0);
          }
          at += chunk.length;
        }
        return !assembler.isMidPacket && Buffer.concat(got.map(framed)).equals(stream) && got.length === wanted.length;
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it.each([-1, 1_001, 0x7fffffff, -0x80000000])('refuses a length of %i before it keeps anything', (length) => {
    const prefix = Buffer.alloc(4);
    prefix.writeInt32BE(length);
    expect(() => new PacketAssembler(1_000).push(prefix, () => true)).toThrow(BadPacketLength);
  });
});
