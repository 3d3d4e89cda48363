import type { MetadataImage, MetadataRecord } from '@milena/metadata';
import type { ControllerDefaults } from '../controller-defaults';
import { MIN_ISR_KEY } from '../partitions/partition-rules';

/**
 * Makes controller and brokers agree on min.insync.replicas when ELR comes into use: a replica is eligible because the
 * leader's high watermark stands still below the number the controller knows, so no broker may know a smaller one. A
 * controller that demands more than one writes its demand as the cluster's. One that demands a single replica need not:
 * no broker can demand less.
 */
export function minIsrRecords(
  image: MetadataImage,
  { minInsyncReplicas }: Pick<ControllerDefaults, 'minInsyncReplicas'>,
): readonly MetadataRecord[] {
  const cluster = { type: 'BROKER', name: '' } as const;
  if (minInsyncReplicas <= 1 || image.configValue(cluster, MIN_ISR_KEY) !== undefined) return [];
  return [
    {
      type: 'ConfigRecord',
      resourceType: 'BROKER',
      resourceName: '',
      name: MIN_ISR_KEY,
      value: `${minInsyncReplicas}`,
    },
  ];
}
