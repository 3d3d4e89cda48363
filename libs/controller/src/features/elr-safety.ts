import type { MetadataImage, MetadataRecord } from '@milena/metadata';
import type { ControllerDefaults } from '../controller-defaults';
import { MIN_ISR_KEY } from '../partitions/partition-rules';

/**
 * Makes controller and brokers agree on min.insync.replicas when ELR comes into use: a replica is eligible because the
 * leader's high watermark stands still below the number the controller knows, so no broker may know a smaller one. Values
 * of single brokers go (KIP-966). A controller that demands more than one writes its demand as the cluster's. One that
 * demands a single replica need not, for no broker can demand less; it writes nothing, because brokers may demand more in
 * their files, and from then on ELR takes one for the cluster's demand whatever controllers' files say.
 */
export function minIsrRecords(
  image: MetadataImage,
  { minInsyncReplicas }: Pick<ControllerDefaults, 'minInsyncReplicas'>,
): readonly MetadataRecord[] {
  const isSetForAll = image.configValue({ type: 'BROKER', name: '' }, MIN_ISR_KEY) !== undefined;
  const forAll = minInsyncReplicas <= 1 || isSetForAll ? [] : [minIsrOf('', `${minInsyncReplicas}`)];
  const ofOne = [...image.configuredResources()]
    .filter(({ type, name }) => type === 'BROKER' && name !== '')
    .filter((resource) => image.configValue(resource, MIN_ISR_KEY) !== undefined)
    .map(({ name }) => minIsrOf(name));
  return [...ofOne, ...forAll];
}

function minIsrOf(broker: string, value?: string): MetadataRecord {
  const record = { type: 'ConfigRecord', resourceType: 'BROKER', resourceName: broker, name: MIN_ISR_KEY } as const;
  return value === undefined ? record : { ...record, value };
}
