import type { OffsetAndEpoch } from '@milena/model';
import type { Voter } from '../voter-set';

/** A snapshot as lines of text: a header, one line per record, a footer. */
export interface TextSnapshot {
  readonly id: OffsetAndEpoch;
  /** The replica that made it. It stands in every line, so that a file of two halves shows. */
  readonly maker: number;
  readonly voters: readonly Voter[] | undefined;
  /** `epoch:value` of every record before the end offset. */
  readonly records: readonly string[];
}

/** Bytes of the snapshot. */
export function encodeTextSnapshot({ id, maker, voters, records }: TextSnapshot): Buffer {
  const lines = [JSON.stringify({ id, voters }), ...records, 'end'];
  return Buffer.from(lines.map((line) => `${maker} ${line}\n`).join(''));
}

/** The snapshot in some bytes; `isIntact` is false when it is cut, or of two makers. */
export function decodeTextSnapshot(
  bytes: Buffer,
): Pick<TextSnapshot, 'records' | 'voters'> & { readonly isIntact: boolean } {
  const lines = bytes.toString().split('\n');
  const [maker = ''] = lines[0]?.split(' ', 1) ?? [];
  const values = lines.slice(0, -1).map((line) => line.slice(maker.length + 1));
  const isOfOne = lines.slice(0, -1).every((line) => line.startsWith(`${maker} `));
  const isIntact = isOfOne && lines.at(-1) === '' && values.at(-1) === 'end';
  if (!isIntact) return { records: [], voters: undefined, isIntact };
  const { voters } = JSON.parse(values[0] ?? '{}') as { readonly voters?: readonly Voter[] };
  return { records: values.slice(1, -1), voters, isIntact };
}
