import {
  METADATA_VERSION_FEATURE,
  SUPPORTED_FEATURES,
  type MetadataImage,
  type MetadataRecord,
} from '@milena/metadata';

/** Levels a new cluster starts with: the highest this program supports. */
const BOOTSTRAP_LEVELS: ReadonlyMap<string, number> = new Map(
  SUPPORTED_FEATURES.map(({ name, maxLevel }) => [name, maxLevel]),
);

/**
 * Records the first active controller of a cluster writes before anything else: the levels of its features. None when the
 * log has them, so that it may be asked at every activation.
 */
export function bootstrapRecords(
  image: MetadataImage,
  levels: ReadonlyMap<string, number> = BOOTSTRAP_LEVELS,
): readonly MetadataRecord[] {
  if (image.featureLevel(METADATA_VERSION_FEATURE) > 0) return [];
  return [...levels].map(([name, featureLevel]) => ({ type: 'FeatureLevelRecord', name, featureLevel }));
}
