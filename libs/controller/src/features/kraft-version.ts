import type { MetadataImage, MetadataRecord } from '@milena/metadata';
import { KRAFT_VERSION_FEATURE } from './feature-names';

/**
 * The record that makes the metadata show the quorum's kraft.version; none when they do. The truth is the quorum's own
 * control record, which nobody else reads (KIP-853).
 */
export function kraftVersionRecords(image: MetadataImage, featureLevel: number): readonly MetadataRecord[] {
  const name = KRAFT_VERSION_FEATURE;
  return image.featureLevel(name) === featureLevel ? [] : [{ type: 'FeatureLevelRecord', name, featureLevel }];
}
