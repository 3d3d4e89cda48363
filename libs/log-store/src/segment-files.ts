import { offset, type Offset } from '@milena/model';

/** Kinds of files that a segment, or a place in a log, has. */
export type SegmentFileKind = 'log' | 'index' | 'timeindex' | 'txnindex' | 'snapshot';

/** Name of a file that belongs to an offset: the offset in 20 digits and the kind. */
export function segmentFileName(at: Offset, kind: SegmentFileKind): string {
  return `${String(at).padStart(20, '0')}.${kind}`;
}

/** Splits such a name; undefined when it is another file. */
export function parseSegmentFileName(
  name: string,
): { readonly offset: Offset; readonly kind: SegmentFileKind } | undefined {
  const match = /^(\d{20})\.(log|index|timeindex|txnindex|snapshot)$/.exec(name);
  const value = Number(match?.[1]);
  if (match === null || !Number.isSafeInteger(value)) return undefined;
  return { offset: offset(value), kind: match[2] as SegmentFileKind };
}
