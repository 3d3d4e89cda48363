import { isUuid, METADATA_TOPIC_ID, randomUuid, uuidFromBytes, uuidToBytes, ZERO_UUID } from './uuid';

describe('uuid', () => {
  it('writes the reserved ids as Kafka does', () => {
    expect(uuidFromBytes(new Uint8Array(16))).toBe(ZERO_UUID);
    expect(uuidToBytes(METADATA_TOPIC_ID)[15]).toBe(1);
  });

  it('reads bytes in the middle of a larger buffer', () => {
    const buffer = Buffer.from('00'.repeat(8) + '0123456789abcdef0123456789abcdef' + 'ff'.repeat(8), 'hex');
    expect(uuidToBytes(uuidFromBytes(buffer.subarray(8, 24))).toString('hex')).toBe('0123456789abcdef0123456789abcdef');
  });

  it('draws again rather than make an id that looks like an option', () => {
    const draws = [Buffer.alloc(16, 0xff), Buffer.alloc(16, 0x01)];
    const uuid = randomUuid(() => draws.shift() ?? Buffer.alloc(16));
    expect(draws).toHaveLength(1);
    expect(isUuid(uuid)).toBe(true);
    const dashFirst = [Buffer.from([0xfb, ...new Array<number>(15).fill(0)]), Buffer.alloc(16, 0x01)];
    expect(randomUuid(() => dashFirst.shift() ?? Buffer.alloc(16)).startsWith('-')).toBe(false);
    expect(dashFirst).toHaveLength(0);
  });

  it.each(['', 'short', 'AAAAAAAAAAAAAAAAAAAAAAA', 'AAAAAAAAAAAAAAAAAAAAA=', 'AAAAAAAAAAAAAAAAAAAAAB'])(
    'refuses %p',
    (text) => {
      expect(isUuid(text)).toBe(false);
    },
  );
});
