import { METADATA_VERSION_FEATURE, type MetadataImage, type MetadataRecord } from '@milena/metadata';
import { failure, NO_OFFSET, success, type Failure, type Offset, type Result } from '@milena/model';
import type { ControllerDefaults } from '../controller-defaults';
import { decide, type Decision } from '../decision';
import { minIsrRecords } from './elr-safety';
import { hasControllerRecords, supportInCluster, supportRefusal } from './feature-levels';
import { ELR_FEATURE, KRAFT_VERSION_FEATURE } from './feature-names';

/**
 * Which way a level may go. A SAFE_DOWNGRADE is refused when something would be lost by it, an UNSAFE_DOWNGRADE is not
 * (KIP-584, KIP-778).
 */
export type FeatureUpgradeType = 'UPGRADE' | 'SAFE_DOWNGRADE' | 'UNSAFE_DOWNGRADE';

/** A level that is wanted. */
export interface FeatureUpdate {
  readonly name: string;
  /** 0 turns the feature off. */
  readonly level: number;
  readonly upgradeType: FeatureUpgradeType;
}

/** UpdateFeatures: all of them or none (version 2 of the API). */
export interface UpdateFeaturesRequest {
  readonly principal: string;
  readonly updates: readonly FeatureUpdate[];
  readonly validateOnly: boolean;
  /** How long the caller waits. */
  readonly timeoutMs: number;
}

/** Answer to UpdateFeatures. */
export interface UpdateFeaturesResponse {
  readonly result: Result<null>;
  /** Offset of the last record written for it, NO_OFFSET when there was none. */
  readonly metadataOffset: Offset;
}

/** What a change of levels depends on besides image and request. */
export interface UpdateFeaturesContext {
  readonly defaults: ControllerDefaults;
  /** Voters of the metadata quorum. */
  readonly voterIds: readonly number[];
}

/**
 * Changes the finalized levels of features. A level is refused unless every broker, every controller and this one support
 * it: nodes write no record of a newer level before, so that a rolling upgrade is undone by rolling back as long as no
 * level was raised (KIP-584, KIP-1022). A voter that has not registered yet may be an older program, so it is waited for;
 * below the level of metadata.version that knows registrations of controllers nobody can tell. Where kraft.version is among
 * them, the quorum itself is raised before its copy in the metadata is.
 */
export function updateFeatures(
  image: MetadataImage,
  { updates, validateOnly }: UpdateFeaturesRequest,
  context: UpdateFeaturesContext,
): Decision<UpdateFeaturesResponse> {
  const refusal = repeatedIn(updates) ?? updates.map((update) => refusalOf(image, update, context)).find(isFailure);
  if (refusal !== undefined) return decide([], { result: { ok: false, error: refusal }, metadataOffset: NO_OFFSET });
  const records = validateOnly ? [] : updates.flatMap((update) => recordsOf(image, update, context.defaults));
  return {
    records,
    respond: (appended) => ({ result: success(null), metadataOffset: appended?.lastOffset ?? NO_OFFSET }),
  };
}

function recordsOf(
  image: MetadataImage,
  { name, level }: FeatureUpdate,
  defaults: ControllerDefaults,
): readonly MetadataRecord[] {
  if (image.featureLevel(name) === level) return [];
  const change: MetadataRecord = { type: 'FeatureLevelRecord', name, featureLevel: level };
  if (name !== ELR_FEATURE) return [change];
  return level > 0 ? [change, ...minIsrRecords(image, defaults)] : [{ type: 'ClearElrRecord' }, change];
}

function repeatedIn(updates: readonly FeatureUpdate[]): Failure | undefined {
  const names = new Set(updates.map(({ name }) => name));
  return names.size < updates.length ? failure('INVALID_REQUEST', 'each feature may be named once').error : undefined;
}

function refusalOf(
  image: MetadataImage,
  update: FeatureUpdate,
  { defaults, voterIds }: UpdateFeaturesContext,
): Failure | undefined {
  const { name, level } = update;
  const { supportedFeatures } = defaults;
  const refuse = (why: string): Failure =>
    failure('INVALID_UPDATE_VERSION', `feature ${name} cannot be set to level ${level}: ${why}`).error;
  if (!supportedFeatures.some((feature) => feature.name === name)) return refuse('there is no such feature');
  if (level < 0) return refuse('a level is not negative');
  if (level === image.featureLevel(name)) return undefined;
  const unsupported = supportInCluster(image, supportedFeatures)
    .map((support) => supportRefusal(support, name, level))
    .find((why) => why !== undefined);
  const why = unsupported ?? silentVoter(image, update, voterIds) ?? directionRefusal(image, update);
  return why === undefined ? undefined : refuse(why);
}

function silentVoter(image: MetadataImage, { level }: FeatureUpdate, voterIds: readonly number[]): string | undefined {
  if (level === 0 || !hasControllerRecords(image)) return undefined;
  const registered = new Set(image.controllers().map(({ id }) => id));
  const silent = voterIds.find((id) => !registered.has(id));
  return silent === undefined ? undefined : `controller ${silent} has not told yet what it supports`;
}

function directionRefusal(image: MetadataImage, { name, level, upgradeType }: FeatureUpdate): string | undefined {
  const current = image.featureLevel(name);
  if (level > current) return upgradeType === 'UPGRADE' ? undefined : `that is above the present level ${current}`;
  if (upgradeType === 'UPGRADE') return `that is below the present level ${current}, and a downgrade was not asked for`;
  if (name === KRAFT_VERSION_FEATURE) return 'a quorum whose voters are in its log does not go back to static ones';
  if (name === METADATA_VERSION_FEATURE) return 'metadata may have been written that older programs cannot read';
  if (name === ELR_FEATURE && upgradeType === 'SAFE_DOWNGRADE') return withoutIsr(image);
  return undefined;
}

/** Without ELR nobody can lead a partition whose ISR is empty. */
function withoutIsr(image: MetadataImage): string | undefined {
  for (const topic of image.topics()) {
    let index = 0;
    for (const { isr } of topic.partitions()) {
      if (isr.length === 0) return `partition ${topic.name}-${index} has nobody in sync and would never be led again`;
      index++;
    }
  }
  return undefined;
}

function isFailure(refusal: Failure | undefined): refusal is Failure {
  return refusal !== undefined;
}
