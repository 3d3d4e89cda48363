import { decodeMetadataRecord } from '@milena/metadata';

/**
 * The feature levels that `storage format` chose for a new cluster, out of the record values it left beside the first voters;
 * undefined when it chose none.
 */
export function firstLevels(records: readonly Buffer[]): ReadonlyMap<string, number> | undefined {
  const levels = new Map<string, number>();
  for (const value of records) {
    const record = decodeMetadataRecord(value);
    if (record.type === 'FeatureLevelRecord') levels.set(record.name, record.featureLevel);
  }
  return levels.size === 0 ? undefined : levels;
}
