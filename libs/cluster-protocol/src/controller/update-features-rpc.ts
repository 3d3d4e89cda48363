import { MalformedInput } from '@milena/bytes';
import type { FeatureUpgradeType, UpdateFeaturesRequest, UpdateFeaturesResponse } from '@milena/controller';
import type { Offset } from '@milena/model';
import { UpdateFeaturesRequestSchema, UpdateFeaturesResponseSchema } from '@milena/proto';
import { defineRpc } from '../rpc';
import { naturalFromWire, offsetOrNoneFromWire } from '../wire-values';
import { outcomeFromWire, outcomeToWire } from './wire-outcome';

/** Changes finalized feature levels, all of them or none (KIP-584). */
export const updateFeaturesRpc = defineRpc(
  'controller.v1.ControllerService/UpdateFeatures',
  {
    schema: UpdateFeaturesRequestSchema,
    toWire: ({ principal, updates, validateOnly, timeoutMs }: UpdateFeaturesRequest) => ({
      principal,
      updates: updates.map(({ name, level, upgradeType }) => ({
        name,
        level,
        upgradeType: 1 + UPGRADE_TYPES.indexOf(upgradeType),
      })),
      validateOnly,
      timeoutMs,
    }),
    fromWire: (message): UpdateFeaturesRequest => ({
      principal: message.principal,
      updates: message.updates.map(({ name, level, upgradeType }) => ({
        name,
        level,
        upgradeType: upgradeTypeFromWire(upgradeType),
      })),
      validateOnly: message.validateOnly,
      timeoutMs: naturalFromWire(message.timeoutMs, 'timeout'),
    }),
  },
  {
    schema: UpdateFeaturesResponseSchema,
    toWire: ({ result, metadataOffset }: UpdateFeaturesResponse) => ({
      ...outcomeToWire(result),
      metadataOffset: BigInt(metadataOffset),
    }),
    fromWire: (message): UpdateFeaturesResponse => ({
      result: outcomeFromWire(message, () => null),
      metadataOffset: offsetOrNoneFromWire(message.metadataOffset) as Offset,
    }),
  },
);

/** By Kafka's numbers, which begin at 1. */
const UPGRADE_TYPES: readonly FeatureUpgradeType[] = ['UPGRADE', 'SAFE_DOWNGRADE', 'UNSAFE_DOWNGRADE'];

function upgradeTypeFromWire(number: number): FeatureUpgradeType {
  const type = UPGRADE_TYPES[number - 1];
  if (type === undefined) throw new MalformedInput(`upgrade type ${number}`);
  return type;
}
