import { invariant } from '@milena/model';

/** The versions of an API that have a field or allow a null, both ends included. */
export interface VersionRange {
  readonly min: number;
  readonly max: number;
}

/** A range no version is in. */
export const NO_VERSIONS: VersionRange = { min: 0, max: -1 };

/** Parses Kafka's notation for ranges: `3+` (from 3 on), `0-12` (both included), `7` (only that one). */
export function versionRange(text: string): VersionRange {
  const match = /^(\d+)(?:(\+)|-(\d+))?$/.exec(text);
  invariant(match !== null, 'not a version range', { text });
  const min = Number(match[1]);
  if (match[2] === '+') return { min, max: Number.MAX_SAFE_INTEGER };
  return { min, max: match[3] === undefined ? min : Number(match[3]) };
}

/** Whether `version` is in `range`. */
export function includesVersion(range: VersionRange, version: number): boolean {
  return version >= range.min && version <= range.max;
}
