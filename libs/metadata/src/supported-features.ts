import type { SupportedFeature } from './broker-registration';

/** Feature that governs which metadata records may be written (KIP-584). */
export const METADATA_VERSION_FEATURE = 'metadata.version';

/**
 * Features of this program with the levels it supports, numbered as Kafka numbers them: metadata.version 27 is 4.1-IV1
 * (Fetch version 18), kraft.version 1 allows dynamic voters (KIP-853).
 */
export const SUPPORTED_FEATURES: readonly SupportedFeature[] = [
  { name: METADATA_VERSION_FEATURE, minLevel: 27, maxLevel: 27 },
  { name: 'kraft.version', minLevel: 0, maxLevel: 1 },
];
