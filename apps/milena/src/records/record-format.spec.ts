import { recordPrinter, type ConsumedRecord } from './record-format';

const record: ConsumedRecord = {
  topic: 'orders',
  partition: 2,
  offset: 41,
  timestamp: 1_700_000_000_000,
  key: Buffer.from('k'),
  value: Buffer.from('값'),
  headers: [
    [Buffer.from('trace'), Buffer.from('abc')],
    [Buffer.from('empty'), null],
  ],
};
const print = (format: string, more: Partial<ConsumedRecord> = {}) =>
  recordPrinter(format)({ ...record, ...more }).toString();

describe('the format of consumed records', () => {
  it('fills in what the letters stand for', () => {
    expect(print('%t %p %o %k %v %T %h\\n')).toBe('orders 2 41 k 값 1700000000000 trace=abc,empty=\n');
    expect(print('%K/%S 100%% \\t\\\\ \\q')).toBe('1/3 100% \t\\ \\q');
  });

  it('prints bytes as they are, and nothing for null', () => {
    const value = Buffer.from([0xff, 0x00, 0xfe]);
    expect(recordPrinter('%v')({ ...record, value })).toEqual(value);
    expect(print('[%k|%v|%K|%S]', { key: null, value: null })).toBe('[||-1|-1]');
  });

  it('is a line of JSON per record for json and ndjson; what is no text goes under another name', () => {
    const { topic, partition, offset, timestamp } = record;
    const headers = [
      { key: 'trace', value: 'abc' },
      { key: 'empty', value: null },
    ];
    for (const format of ['json', 'ndjson']) {
      const text = print(format, { key: null });
      expect(text.endsWith('}\n')).toBe(true);
      expect(JSON.parse(text)).toEqual({ topic, partition, offset, timestamp, key: null, value: '값', headers });
    }
    expect(JSON.parse(print('json', { value: Buffer.from([0xff]) }))).toMatchObject({ valueBase64: '/w==' });
  });

  it('refuses a letter that stands for nothing', () => {
    expect(() => recordPrinter('%t %x')).toThrow('%x stands for nothing');
    expect(() => recordPrinter('%')).toThrow('% stands for nothing');
  });
});
