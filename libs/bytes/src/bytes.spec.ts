import fc from 'fast-check';
import { ByteReader, MalformedInput } from './byte-reader';
import { ByteWriter } from './byte-writer';
import { crc32c } from './crc32c';

function written(write: (writer: ByteWriter) => void): Buffer {
  const writer = new ByteWriter(1);
  write(writer);
  return writer.finish();
}

describe('varints', () => {
  it.each([
    [0, '00'],
    [-1, '01'],
    [1, '02'],
    [63, '7e'],
    [-64, '7f'],
    [64, '8001'],
    [2147483647, 'feffffff0f'],
    [-2147483648, 'ffffffff0f'],
  ])('%d is %s in zig-zag', (value, hex) => {
    expect(written((writer) => writer.varint(value)).toString('hex')).toBe(hex);
    expect(new ByteReader(Buffer.from(hex, 'hex')).varint()).toBe(value);
  });

  it('reads back every safe integer as a varlong', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        expect(new ByteReader(written((writer) => writer.varlong(value))).varlong()).toBe(value);
      }),
      { seed: 1 },
    );
  });

  it('reads back every unsigned 32-bit value', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), (value) => {
        expect(new ByteReader(written((writer) => writer.unsignedVarint(value))).unsignedVarint()).toBe(value);
      }),
      { seed: 1 },
    );
  });

  it.each(['ffffffffff01', 'ffffffff7f', 'ff'])('refuses the varint %s', (hex) => {
    expect(() => new ByteReader(Buffer.from(hex, 'hex')).unsignedVarint()).toThrow(MalformedInput);
  });

  it.each(['ffffffffffffffffff01', 'ffffffffffffffffffff01', 'feffffffffffffff7f'])('refuses the varlong %s', (hex) => {
    expect(() => new ByteReader(Buffer.from(hex, 'hex')).varlong()).toThrow(MalformedInput);
  });
});

describe('fixed-width values', () => {
  it('reads back what was written, in order', () => {
    const bytes = written((writer) => {
      writer.int8(-8);
      writer.int16(-16);
      writer.uint16(65535);
      writer.int32(-32);
      writer.uint32(4294967295);
      writer.int64(Number.MIN_SAFE_INTEGER);
      writer.int64(-1);
      writer.bigInt64(2n ** 63n - 1n);
      writer.float64(0.5);
      writer.boolean(true);
      writer.utf8('카프카');
    });
    const reader = new ByteReader(bytes);
    expect([reader.int8(), reader.int16(), reader.uint16(), reader.int32(), reader.uint32()]).toEqual([
      -8, -16, 65535, -32, 4294967295,
    ]);
    expect([reader.int64(), reader.int64(), reader.bigInt64(), reader.float64(), reader.boolean()]).toEqual([
      Number.MIN_SAFE_INTEGER,
      -1,
      2n ** 63n - 1n,
      0.5,
      true,
    ]);
    expect(reader.utf8(reader.remaining)).toBe('카프카');
  });

  it('refuses a 64-bit value that a number cannot hold, or clamps it where asked', () => {
    const longMax = Buffer.from('7fffffffffffffff', 'hex');
    expect(() => new ByteReader(longMax).int64()).toThrow(MalformedInput);
    expect(new ByteReader(longMax).int64Clamped()).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('never reads past the end it was given, whatever length is claimed', () => {
    const reader = new ByteReader(Buffer.alloc(16), 0, 4);
    expect(() => reader.bytes(5)).toThrow(MalformedInput);
    expect(() => reader.bytes(-1)).toThrow(MalformedInput);
    expect(() => reader.utf8(2 ** 31)).toThrow(MalformedInput);
    expect(reader.remaining).toBe(4);
  });
});

describe('crc32c', () => {
  it('gives the check value of the Castagnoli polynomial', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  });
});
