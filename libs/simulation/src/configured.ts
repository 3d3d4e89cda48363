import type { MetadataImage } from '@milena/metadata';

/** What is set for a key of a topic: its own value, else the cluster's. */
export function configured(image: MetadataImage, topicName: string, key: string): string | undefined {
  return (
    image.configValue({ type: 'TOPIC', name: topicName }, key) ?? image.configValue({ type: 'BROKER', name: '' }, key)
  );
}

/** What is set of `min.insync.replicas` for a topic; one, Kafka's default, where nothing is. */
export function configuredMinIsr(image: MetadataImage, topicName: string): number {
  return Number(configured(image, topicName, 'min.insync.replicas') ?? 1);
}
