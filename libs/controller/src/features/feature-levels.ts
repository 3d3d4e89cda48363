import { METADATA_VERSION_FEATURE, type MetadataImage, type SupportedFeature } from '@milena/metadata';

/** From this level of metadata.version on (4.2-IV0) controllers register, and the metadata log carries transactions. */
export const CONTROLLER_RECORDS_LEVEL = 28;

/** Whether records that only newer programs know may be written: controllers' registrations and transaction markers. */
export function hasControllerRecords(image: MetadataImage): boolean {
  return image.featureLevel(METADATA_VERSION_FEATURE) >= CONTROLLER_RECORDS_LEVEL;
}

/** A node whose programs must all know a level before it is raised. */
export interface FeatureSupport {
  /** `broker 1`, `controller 101`. */
  readonly node: string;
  readonly features: readonly SupportedFeature[];
}

/** What every node of the cluster supports: brokers, fenced ones too, the controllers that registered, and this one. */
export function supportInCluster(
  image: MetadataImage,
  ownFeatures: readonly SupportedFeature[],
): readonly FeatureSupport[] {
  return [
    { node: 'this controller', features: ownFeatures },
    ...image.controllers().map(({ id, features }) => ({ node: `controller ${id}`, features })),
    ...image.brokers().map(({ id, features }) => ({ node: `broker ${id}`, features })),
  ];
}

/** Why a node cannot take part at the levels that rule; undefined when it can (KIP-778). */
export function levelsRefusal(image: MetadataImage, support: FeatureSupport): string | undefined {
  for (const [name, level] of image.features()) {
    const why = supportRefusal(support, name, level);
    if (why !== undefined) return `the cluster is at level ${level} of ${name}, and ${why}`;
  }
  return undefined;
}

/** Why a node cannot work at this level of a feature; undefined when it can. Level 0 means that the feature is off. */
export function supportRefusal({ node, features }: FeatureSupport, name: string, level: number): string | undefined {
  const range = features.find((feature) => feature.name === name);
  if (range === undefined) return level === 0 ? undefined : `${node} does not support the feature`;
  if (range.minLevel <= level && level <= range.maxLevel) return undefined;
  return `${node} supports levels ${range.minLevel} to ${range.maxLevel} only`;
}
