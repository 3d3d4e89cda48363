import { encodeMetadataRecord, METADATA_VERSION_FEATURE, SUPPORTED_FEATURES } from '@milena/metadata';
import { CommandFailure } from '../command-failure';
import { keyValues } from './key-value';

/** Feature of the quorum itself: its level stands in a control record, not among the metadata records. */
const KRAFT_VERSION_FEATURE = 'kraft.version';

/** metadata.version of Kafka's releases; a release alone stands for its last one. */
const METADATA_VERSIONS: ReadonlyMap<string, number> = new Map([
  ['4.0-IV0', 22],
  ['4.0-IV1', 23],
  ['4.0-IV2', 24],
  ['4.0-IV3', 25],
  ['4.0', 25],
  ['4.1-IV0', 26],
  ['4.1-IV1', 27],
  ['4.1', 27],
  ['4.2-IV0', 28],
  ['4.2-IV1', 29],
  ['4.2', 29],
]);

/**
 * The metadata records of a new cluster whose features are not all at their highest levels: one FeatureLevelRecord for
 * each feature, encoded. Empty when neither `--feature` nor `--release-version` was given. Throws CommandFailure for a
 * feature or level this program does not support.
 */
export function firstFeatureRecords(
  features: readonly string[],
  releaseVersion: string | undefined,
): readonly Buffer[] {
  if (features.length === 0 && releaseVersion === undefined) return [];
  const levels = new Map(SUPPORTED_FEATURES.map(({ name, maxLevel }) => [name, maxLevel]));
  if (releaseVersion !== undefined) levels.set(METADATA_VERSION_FEATURE, levelOfRelease(releaseVersion));
  for (const { name, value } of keyValues(features, '--feature')) {
    if (name === METADATA_VERSION_FEATURE && releaseVersion !== undefined) {
      throw new CommandFailure(2, `--feature ${name}: --release-version says it already; leave out one of the two`);
    }
    levels.set(name, supportedLevel(name, value));
  }
  return [...levels].map(([name, featureLevel]) =>
    encodeMetadataRecord({ type: 'FeatureLevelRecord', name, featureLevel }),
  );
}

function levelOfRelease(releaseVersion: string): number {
  const level = METADATA_VERSIONS.get(releaseVersion);
  if (level !== undefined)
    return supportedLevel(METADATA_VERSION_FEATURE, `${level}`, `--release-version ${releaseVersion}`);
  const known = [...METADATA_VERSIONS].filter(([, each]) => isSupported(METADATA_VERSION_FEATURE, each));
  throw new CommandFailure(
    2,
    `--release-version ${releaseVersion}: known are ${known.map(([name]) => name).join(', ')}`,
  );
}

function supportedLevel(name: string, value: string, place = `--feature ${name}=${value}`): number {
  const feature = SUPPORTED_FEATURES.find((each) => each.name === name);
  if (feature === undefined) {
    const known = SUPPORTED_FEATURES.map((each) => each.name).join(', ');
    throw new CommandFailure(2, `${place}: there is no such feature; known are ${known}`);
  }
  // A voter set in the log is what kraft.version 1 is; only static voters go without.
  const minLevel = name === KRAFT_VERSION_FEATURE ? 1 : feature.minLevel;
  const level = /^\d{1,5}$/.test(value) ? Number(value) : -1;
  if (level >= minLevel && level <= feature.maxLevel) return level;
  throw new CommandFailure(
    2,
    `${place}: level ${value} of ${name} is not supported here; ${minLevel} to ${feature.maxLevel} are`,
  );
}

function isSupported(name: string, level: number): boolean {
  return SUPPORTED_FEATURES.some((each) => each.name === name && level >= each.minLevel && level <= each.maxLevel);
}
