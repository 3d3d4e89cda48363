import { CommandFailure } from '../command-failure';

/** Where consuming a partition begins: an offset, or so many records before its end or after its start. */
export type StartOffset =
  { readonly from: 'start' | 'end'; readonly distance: number } | { readonly from: 'offset'; readonly offset: number };

/** Parses `start`, `end`, `47`, `-3` (before the end) or `+2` (after the start); throws CommandFailure for anything else. */
export function parseStartOffset(text: string): StartOffset {
  if (text === 'start' || text === 'beginning') return { from: 'start', distance: 0 };
  if (text === 'end') return { from: 'end', distance: 0 };
  const match = /^([+-]?)(\d{1,15})$/.exec(text);
  if (match === null)
    throw new CommandFailure(2, `--offset ${text}: must be start, end, an offset, -N for the last N or +N to skip N`);
  const number = Number(match[2]);
  if (match[1] === '') return { from: 'offset', offset: number };
  return { from: match[1] === '-' ? 'end' : 'start', distance: number };
}

/** The offset to begin at in a partition whose log goes from `logStart` to `logEnd`, never outside of these. */
export function firstOffset(start: StartOffset, logStart: number, logEnd: number): number {
  const within = (offset: number) => Math.min(Math.max(offset, logStart), logEnd);
  if (start.from === 'offset') return within(start.offset);
  return within(start.from === 'start' ? logStart + start.distance : logEnd - start.distance);
}
