import { updateFeaturesRpc } from '@milena/cluster-protocol';
import type { FeatureUpgradeType } from '@milena/controller';
import { updateFeatures, type RequestOf } from '@milena/kafka-protocol';
import { failure, success, type Result } from '@milena/model';
import type { ApiHandler } from './api-handler';
import { changeMetadata } from './controller-call';
import { errorFields } from './error-fields';

/** By Kafka's numbers, which begin at 1. */
const UPGRADE_TYPES: readonly FeatureUpgradeType[] = ['UPGRADE', 'SAFE_DOWNGRADE', 'UNSAFE_DOWNGRADE'];

/** UpdateFeatures: decided by the active controller, all updates or none; answered when this broker's own image has them. */
export const updateFeaturesApi: ApiHandler<typeof updateFeatures> = {
  api: updateFeatures,
  async handle(request, context) {
    const { featureUpdates, timeoutMs, validateOnly } = request;
    const outcome = await update(request, context.apiVersion, (updates) =>
      changeMetadata(context, updateFeaturesRpc, {
        principal: context.connection.principal,
        updates,
        validateOnly,
        timeoutMs,
      }),
    );
    const results = outcome.ok ? featureUpdates.map(({ feature }) => ({ feature, ...errorFields(outcome) })) : [];
    return { throttleTimeMs: 0, ...errorFields(outcome), results };
  },
};

type Update = { readonly name: string; readonly level: number; readonly upgradeType: FeatureUpgradeType };

async function update(
  { featureUpdates }: RequestOf<typeof updateFeatures>,
  apiVersion: number,
  change: (updates: readonly Update[]) => Promise<Result<{ readonly result: Result<null> }>>,
): Promise<Result<null>> {
  const updates: Update[] = [];
  for (const { feature: name, maxVersionLevel: level, allowDowngrade, upgradeType: number } of featureUpdates) {
    const kind = apiVersion === 0 ? (allowDowngrade ? 2 : 1) : number;
    const upgradeType = UPGRADE_TYPES[kind - 1];
    if (upgradeType === undefined)
      return failure('INVALID_REQUEST', `feature ${name}: upgrade type ${number} is not known`);
    updates.push({ name, level, upgradeType });
  }
  if (updates.length === 0) return failure('INVALID_REQUEST', 'no feature is named');
  const answer = await change(updates);
  if (!answer.ok) return answer;
  return answer.value.result.ok ? success(null) : answer.value.result;
}
