import type { SupportedFeature } from './broker-registration';

/** Feature that governs which metadata records may be written (KIP-584). */
export const METADATA_VERSION_FEATURE = 'metadata.version';

/**
 * Features of this program with the levels it supports, numbered as Kafka numbers them: metadata.version 27 is 4.1-IV1
 * (Fetch version 18), 28 is 4.2-IV0 (here: controllers register, the log carries transactions); kraft.version 1 allows
 * dynamic voters (KIP-853); eligible.leader.replicas.version 1 puts ELR into use (KIP-966).
 */
export const SUPPORTED_FEATURES: readonly SupportedFeature[] = [
  { name: METADATA_VERSION_FEATURE, minLevel: 27, maxLevel: 28 },
  { name: 'kraft.version', minLevel: 0, maxLevel: 1 },
  { name: 'eligible.leader.replicas.version', minLevel: 0, maxLevel: 1 },
];
