import { METADATA_VERSION_FEATURE, type MetadataImage, type MetadataRecord } from '@milena/metadata';
import type { ControllerDefaults } from '../controller-defaults';
import { minIsrRecords } from './elr-safety';
import { CONTROLLER_RECORDS_LEVEL } from './feature-levels';
import { ELR_FEATURE } from './feature-names';

/**
 * Records the first active controller of a cluster writes before anything else: the levels of its features, and what they
 * bring with them, in a metadata transaction where the level knows one (KIP-868). None when the log has them, so that it
 * may be asked at every activation. Without `levels` a cluster starts with the highest that this program supports.
 */
export function bootstrapRecords(
  image: MetadataImage,
  defaults: Pick<ControllerDefaults, 'minInsyncReplicas' | 'supportedFeatures'>,
  levels: ReadonlyMap<string, number> = new Map(
    defaults.supportedFeatures.map(({ name, maxLevel }) => [name, maxLevel]),
  ),
): readonly MetadataRecord[] {
  if (image.featureLevel(METADATA_VERSION_FEATURE) > 0) return [];
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
