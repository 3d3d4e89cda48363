import { METADATA_VERSION_FEATURE, type MetadataImage, type MetadataRecord } from '@milena/metadata';
import type { ControllerDefaults } from '../controller-defaults';
import { minIsrRecords } from './elr-safety';
import { CONTROLLER_RECORDS_LEVEL } from './feature-levels';
import { ELR_FEATURE, KRAFT_VERSION_FEATURE } from './feature-names';

/** The levels of features that a cluster starts with. */
export interface FirstLevels {
  /** What `storage format` chose; otherwise the highest levels that this program supports. */
  readonly chosen: ReadonlyMap<string, number> | undefined;
  /** The quorum's kraft.version, which nobody chooses here. */
  readonly kraftVersion: number;
}

/**
 * Records the first active controller of a cluster writes before anything else: the levels of its features, and what they
 * bring with them, in a metadata transaction where the level knows one (KIP-868). None when the log has them, so that it
 * may be asked at every activation.
 */
export function bootstrapRecords(
  image: MetadataImage,
  defaults: Pick<ControllerDefaults, 'minInsyncReplicas' | 'supportedFeatures'>,
  { chosen, kraftVersion }: FirstLevels,
): readonly MetadataRecord[] {
  if (image.featureLevel(METADATA_VERSION_FEATURE) > 0) return [];
  const highest = defaults.supportedFeatures.map(({ name, maxLevel }) => [name, maxLevel] as const);
  const levels = new Map([...(chosen ?? highest), [KRAFT_VERSION_FEATURE, kraftVersion]]);
  const records: readonly MetadataRecord[] = [
    ...[...levels]
      .filter(([, level]) => level > 0)
      .map(([name, featureLevel]) => ({ type: 'FeatureLevelRecord' as const, name, featureLevel })),
    ...((levels.get(ELR_FEATURE) ?? 0) > 0 ? minIsrRecords(image, defaults) : []),
  ];
  if ((levels.get(METADATA_VERSION_FEATURE) ?? 0) < CONTROLLER_RECORDS_LEVEL) return records;
  return [{ type: 'BeginTransactionRecord', name: 'bootstrap' }, ...records, { type: 'EndTransactionRecord' }];
}

/** The record that ends a transaction which a former controller left open; none when there is none (KIP-868). */
export function abortRecords(image: MetadataImage): readonly MetadataRecord[] {
  return image.openTransaction === undefined
    ? []
    : [{ type: 'AbortTransactionRecord', reason: 'the controller that began it no longer leads' }];
}
