import type { MessageShape } from '@bufbuild/protobuf';
import { updateFeaturesRpc } from '@milena/cluster-protocol';
import type { FeatureUpgradeType } from '@milena/controller';
import { SUPPORTED_FEATURES, type MetadataImage, type SupportedFeature } from '@milena/metadata';
import { failure, success, type Result } from '@milena/model';
import { FeatureDirection, type ClusterService } from '@milena/proto';
import type { AdminAnswer, AdminCall } from './admin-method';
import type { GatewayContext } from './gateway-context';
import { invalidField } from './invalid-field';
import { pageOf, requestedPage, type PageFields } from './paging';
import type { ReadFields } from './read-metadata';
import { featureName, parseFeatureName } from './resource-name';

interface FeatureMessage {
  readonly name: string;
  readonly finalizedLevel: number;
  readonly supported?: { readonly minLevel: number; readonly maxLevel: number };
}

/** Lists the features by name. */
export async function listFeatures(
  context: GatewayContext,
  request: PageFields & ReadFields,
  call: AdminCall,
): AdminAnswer<typeof ClusterService, 'listFeatures'> {
  const page = requestedPage(request, 'features');
  if (!page.ok) return page;
  const metadata = await context.read(request, call);
  if (!metadata.ok) return metadata;
  const { after = '' } = page.value;
  const { image } = metadata.value;
  const sorted = knownFeatures(image).filter((name) => name > after);
  const { items, nextPageToken } = pageOf(sorted, page.value, (name) => name);
  return success({ features: items.map((name) => featureMessage(image, name)), nextPageToken });
}

/** Describes one feature. */
export async function getFeature(
  context: GatewayContext,
  { name, ...fields }: ReadFields & { readonly name: string },
  call: AdminCall,
): AdminAnswer<typeof ClusterService, 'getFeature'> {
  const parsed = parseFeatureName(name, 'name');
  if (!parsed.ok) return parsed;
  const metadata = await context.read(fields, call);
  return metadata.ok ? featureIn(metadata.value.image, parsed.value) : metadata;
}

function featureIn(image: MetadataImage, name: string): Result<{ feature: FeatureMessage }> {
  if (knownFeatures(image).includes(name)) return success({ feature: featureMessage(image, name) });
  return failure('RESOURCE_NOT_FOUND', `no feature '${name}'`, { about: { feature: featureName(name) } });
}

/** Changes the level of a feature. */
export async function updateFeature(
  context: GatewayContext,
  { name, level, direction, validateOnly }: MessageShape<(typeof ClusterService.method)['updateFeature']['input']>,
  call: AdminCall,
): AdminAnswer<typeof ClusterService, 'updateFeature'> {
  const parsed = parseFeatureName(name, 'name');
  if (!parsed.ok) return parsed;
  const upgradeType = UPGRADE_TYPES.get(direction);
  if (upgradeType === undefined) {
    return invalidField('direction', 'must be UPGRADE, SAFE_DOWNGRADE or UNSAFE_DOWNGRADE');
  }
  if (level < 0) return invalidField('level', 'must not be negative');
  const updates = [{ name: parsed.value, level, upgradeType }];
  const answer = await context.change(updateFeaturesRpc, { updates, validateOnly }, call);
  const outcome = answer.ok ? answer.value.result : answer;
  if (!outcome.ok) {
    return { ok: false, error: { ...outcome.error, about: { feature: name, ...outcome.error.about } } };
  }
  const metadataOffset = answer.ok ? answer.value.metadataOffset : -1;
  const metadata = context.metadata();
  if (!metadata.ok) return metadata;
  const feature = featureIn(metadata.value.image, parsed.value);
  if (!feature.ok) return feature;
  return success({ ...feature.value, ...(metadataOffset < 0 ? {} : { metadataOffset: BigInt(metadataOffset) }) });
}

const UPGRADE_TYPES: ReadonlyMap<FeatureDirection, FeatureUpgradeType> = new Map([
  [FeatureDirection.UPGRADE, 'UPGRADE'],
  [FeatureDirection.SAFE_DOWNGRADE, 'SAFE_DOWNGRADE'],
  [FeatureDirection.UNSAFE_DOWNGRADE, 'UNSAFE_DOWNGRADE'],
]);

function knownFeatures(image: MetadataImage): readonly string[] {
  const names = [...image.features().map(([name]) => name), ...SUPPORTED_FEATURES.map(({ name }) => name)];
  return [...new Set(names)].sort();
}

/** What every registered broker supports; what this program does while none is registered. */
function featureMessage(image: MetadataImage, name: string): FeatureMessage {
  const registered = image.brokers().map(({ features }) => features);
  const everybody = registered.length === 0 ? [SUPPORTED_FEATURES] : registered;
  const ranges = everybody.map((features) => features.find((feature) => feature.name === name));
  const known = ranges.filter((range): range is SupportedFeature => range !== undefined);
  const minLevel = Math.max(...known.map((range) => range.minLevel));
  const maxLevel = Math.min(...known.map((range) => range.maxLevel));
  const isSupported = known.length === ranges.length && minLevel <= maxLevel;
  const finalizedLevel = image.featureLevel(name);
  return { name: featureName(name), finalizedLevel, ...(isSupported ? { supported: { minLevel, maxLevel } } : {}) };
}
