import { Readable } from 'node:stream';
import { readLines } from './read-lines';

async function lines(chunks: readonly string[], bytesMax?: number): Promise<string[][]> {
  const groups: string[][] = [];
  const input = Readable.from(chunks.map((chunk) => Buffer.from(chunk))) as AsyncIterable<Buffer>;
  for await (const group of readLines(input, bytesMax)) groups.push(group.map(String));
  return groups;
}

describe('readLines', () => {
  it('gives together what came together, joins what was cut, and keeps empty lines', async () => {
    expect(await lines(['a\nb\nc', 'd', 'e\n\n', 'f'])).toEqual([['a', 'b'], ['cde', ''], ['f']]);
    expect(await lines(['a\n'])).toEqual([['a']]);
    expect(await lines([])).toEqual([]);
  });

  it('refuses a line without an end', async () => {
    await expect(lines(['abc', 'def'], 5)).rejects.toThrow('longer than 5 bytes');
  });
});
