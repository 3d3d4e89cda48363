import type { KraftVersions } from './messages';

/** Levels of kraft.version that this implementation supports: 0 has static voters, 1 dynamic ones (KIP-853). */
export const SUPPORTED_KRAFT_VERSIONS: KraftVersions = { min: 0, max: 1 };

/** The kraft.version of a quorum whose voter set is in its log. */
export const DYNAMIC_VOTERS = 1;

/** Whether a replica can be a voter of a quorum with dynamic voters. */
export function supportsDynamicVoters({ min, max }: KraftVersions): boolean {
  return min <= DYNAMIC_VOTERS && max >= DYNAMIC_VOTERS;
}

/** Whether two replicas support the same. */
export function sameKraftVersions(left: KraftVersions, right: KraftVersions): boolean {
  return left.min === right.min && left.max === right.max;
}
