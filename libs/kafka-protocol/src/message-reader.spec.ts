import { ByteReader, ByteWriter, MalformedInput } from '@milena/bytes';
import { array, int32, int64, int64Clamped, records, string, stringList, struct } from './field';
import { joinFrame } from './frame';
import { FrameWriter } from './frame-writer';
import { compileMessageReader } from './message-reader';
import { compileMessageWriter } from './message-writer';

function bytesOf(write: (out: ByteWriter) => void): ByteReader {
  const out = new ByteWriter();
  write(out);
  return new ByteReader(out.finish());
}

describe('arrays', () => {
  const fields = { names: stringList('0+'), items: array('0+', { id: int32('0+'), size: int64('0+') }) };

  it.each([false, true])('refuse a count that the remaining bytes cannot hold (flexible: %s)', (flexible) => {
    const reader = bytesOf((out) => {
      if (flexible) out.unsignedVarint(0x7fffffff);
      else out.int32(0x7ffffffe);
      out.bytes(Buffer.alloc(64));
    });
    expect(() => compileMessageReader(fields, 0, flexible).read(reader)).toThrow(/elements declared/);
  });

  it('count the smallest encoding of an element, not one byte', () => {
    const reader = bytesOf((out) => {
      out.int32(0);
      out.int32(3);
      out.bytes(Buffer.alloc(3 * 12 - 1));
    });
    expect(() => compileMessageReader(fields, 0, false).read(reader)).toThrow(/3 elements declared/);
  });

  it('refuse null where the version allows none, and negative counts', () => {
    expect(() => compileMessageReader(fields, 0, false).read(bytesOf((out) => out.int32(-1)))).toThrow(/null/);
    expect(() => compileMessageReader(fields, 0, false).read(bytesOf((out) => out.int32(-2)))).toThrow(/negative/);
  });
});

describe('strings', () => {
  const reader = compileMessageReader({ name: string('0+') }, 0, true);
  const read = (bytes: Buffer) =>
    reader.read(
      bytesOf((out) => {
        out.unsignedVarint(bytes.length + 1);
        out.bytes(bytes);
        out.uint8(0);
      }),
    );

  it('are as long as those of old versions can be, also where a compact length could tell more', () => {
    expect(read(Buffer.alloc(0x7fff, 'a')).name).toHaveLength(0x7fff);
    expect(() => read(Buffer.alloc(0x8000, 'a'))).toThrow(MalformedInput);
  });

  it('are no longer than that once replacement characters stand for bytes that are no text', () => {
    const bytesMax = Math.floor(0x7fff / 3);
    expect(read(Buffer.alloc(bytesMax, 0xff)).name).toHaveLength(bytesMax);
    expect(() => read(Buffer.alloc(bytesMax + 1, 0xff))).toThrow(MalformedInput);
  });
});

describe('tagged fields', () => {
  const fields = { id: int32('0+'), place: struct('1+', { host: string('0+') }, { tag: 1 }) };
  const reader = compileMessageReader(fields, 1, true);

  it('are skipped when unknown', () => {
    const input = bytesOf((out) => {
      out.int32(5);
      for (const value of [2, 0, 3, 9, 9, 9]) out.uint8(value);
      for (const value of [1, 3, 2, 0x61, 0]) out.uint8(value);
    });
    expect(reader.read(input)).toEqual({ id: 5, place: { host: 'a' } });
    expect(input.remaining).toBe(0);
  });

  it.each([
    ['too many', [65]],
    ['a tag twice', [2, 7, 0, 7, 0]],
    ['tags out of order', [2, 7, 0, 6, 0]],
    ['a size beyond the message', [1, 7, 9, 1]],
    ['bytes left over in a known tag', [1, 1, 4, 2, 0x61, 0, 0]],
    ['a known tag shorter than its field', [1, 1, 1, 3]],
  ])('are refused with %s', (_name, section) => {
    const input = bytesOf((out) => {
      out.int32(5);
      for (const value of section) out.uint8(value);
    });
    expect(() => reader.read(input)).toThrow(MalformedInput);
  });

  it('are sent only when they differ from their default', () => {
    const writer = compileMessageWriter(fields, 1, true);
    const encode = (message: Parameters<typeof writer.write>[1]) => {
      const frame = new FrameWriter();
      writer.write(frame, message);
      return joinFrame(frame.finish()).toString('hex');
    };
    expect(encode({ id: 1 })).toBe('0000000100');
    expect(encode({ id: 1, place: null })).toBe('0000000100');
    expect(encode({ id: 1, place: { host: 'a' } })).toBe('00000001' + '01' + '01' + '03' + '0261' + '00');
  });
});

describe('64-bit integers', () => {
  const bytes = Buffer.from('7fffffffffffffff', 'hex');

  it('beyond the safe integers are malformed, or clamped where a client may mean no limit', () => {
    expect(() => compileMessageReader({ at: int64('0+') }, 0, false).read(new ByteReader(bytes))).toThrow(
      MalformedInput,
    );
    const clamped = compileMessageReader({ at: int64Clamped('0+') }, 0, false).read(new ByteReader(bytes));
    expect(clamped.at).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe('records', () => {
  const writer = compileMessageWriter({ first: records('0+'), id: int32('0+'), second: records('0+') }, 0, false);

  it('of some size are passed on without a copy, in order', () => {
    const large = Buffer.alloc(10_000, 1);
    const frame = new FrameWriter();
    writer.write(frame, { first: large, id: 7, second: Buffer.from('ab') });
    const pieces = frame.finish();
    expect(pieces).toHaveLength(3);
    expect(pieces[1]).toBe(large);
    expect(joinFrame(pieces).subarray(10_004).toString('hex')).toBe('00000007' + '00000002' + '6162');
  });

  it('that are null where the version allows none are a broken invariant', () => {
    expect(() => writer.write(new FrameWriter(), { first: null as never, id: 7, second: Buffer.alloc(0) })).toThrow(
      /null in a field/,
    );
  });
});
