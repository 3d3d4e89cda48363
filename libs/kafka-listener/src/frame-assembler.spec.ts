import { BadFrameSize, FrameAssembler } from './frame-assembler';
import { FrameBuffers } from './frame-buffers';

function framed(...bodies: readonly string[]): Buffer {
  return Buffer.concat(
    bodies.map((body) => {
      const prefix = Buffer.alloc(4);
      prefix.writeInt32BE(body.length);
      return Buffer.concat([prefix, Buffer.from(body)]);
    }),
  );
}

function collect(assembler: FrameAssembler, chunks: readonly Buffer[]): string[] {
  const bodies: string[] = [];
  for (const chunk of chunks) {
    const reused = Buffer.from(chunk);
    assembler.push(reused, (frame) => bodies.push(frame.bytes.toString()) > 0);
    reused.fill(0);
  }
  return bodies;
}

describe('FrameAssembler', () => {
  const bodies = ['a', 'second', 'x'.repeat(5_000)];
  const stream = framed(...bodies);

  it.each([1, 2, 3, 7, 4_999, stream.length])('gives the same frames when bytes come %i at a time', (step) => {
    const chunks: Buffer[] = [];
    for (let at = 0; at < stream.length; at += step) chunks.push(stream.subarray(at, at + step));
    expect(collect(new FrameAssembler(new FrameBuffers(), 10_000), chunks)).toEqual(bodies);
  });

  it('says how much it consumed when told to stop, and goes on from there', () => {
    const assembler = new FrameAssembler(new FrameBuffers(), 10_000);
    const consumed = assembler.push(stream, () => false);
    expect(consumed).toBe(5);
    expect(collect(assembler, [stream.subarray(consumed)])).toEqual(bodies.slice(1));
  });

  it.each([-1, 0, 10_001, 0x7fffffff, -0x80000000])('refuses a size of %i before it keeps anything', (size) => {
    const buffers = new FrameBuffers();
    const prefix = Buffer.alloc(8);
    prefix.writeInt32BE(size);
    expect(() => new FrameAssembler(buffers, 10_000).push(prefix, () => true)).toThrow(BadFrameSize);
    expect(buffers.lentBytes).toBe(0);
  });

  it('keeps little of a frame that claims to be huge and hardly comes', () => {
    const buffers = new FrameBuffers();
    const assembler = new FrameAssembler(buffers, 100 * 1024 * 1024);
    const prefix = Buffer.alloc(14);
    prefix.writeInt32BE(100 * 1024 * 1024);
    assembler.push(prefix, () => true);
    expect(buffers.lentBytes).toBeLessThanOrEqual(64 * 1024);
    assembler.abandon();
  });

  it('keeps no more than about twice what has arrived of a frame that claims to be huge', () => {
    const buffers = new FrameBuffers();
    const assembler = new FrameAssembler(buffers, 100 * 1024 * 1024);
    const prefix = Buffer.alloc(4);
    prefix.writeInt32BE(100 * 1024 * 1024);
    assembler.push(prefix, () => true);
    assembler.push(Buffer.alloc(3 * 1024 * 1024), () => true);
    expect(buffers.lentBytes).toBeLessThanOrEqual(6 * 1024 * 1024);
    assembler.abandon();
    expect(buffers.lentBytes).toBe(0);
  });
});

describe('FrameBuffers', () => {
  it('lends a returned buffer again, and never one that is still lent', () => {
    const buffers = new FrameBuffers();
    const first = buffers.lend(100_000);
    expect(buffers.lend(100_000)).not.toBe(first);
    buffers.giveBack(first);
    expect(buffers.lend(90_000)).toBe(first);
  });

  it('keeps no more bytes than it may', () => {
    const buffers = new FrameBuffers(200_000);
    const lent = [buffers.lend(100_000), buffers.lend(100_000)];
    for (const buffer of lent) buffers.giveBack(buffer);
    const again = [buffers.lend(100_000), buffers.lend(100_000)];
    expect(again.filter((buffer) => lent.includes(buffer))).toHaveLength(1);
  });

  it('lets go of what was not needed between two trims', () => {
    const buffers = new FrameBuffers();
    const lent = [buffers.lend(100_000), buffers.lend(100_000), buffers.lend(100_000)];
    for (const buffer of lent) buffers.giveBack(buffer);
    buffers.trim();
    const needed = buffers.lend(100_000);
    buffers.giveBack(needed);
    buffers.trim();
    const again = [buffers.lend(100_000), buffers.lend(100_000)];
    expect(again.filter((buffer) => lent.includes(buffer))).toEqual([needed]);
  });
});
