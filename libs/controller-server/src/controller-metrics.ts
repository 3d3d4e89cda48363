import type { MetadataImage } from '@milena/metadata';
import type { Meter } from '@milena/platform';
import type { QuorumController } from './quorum-controller';

/** Registers Kafka's controller gauges (kafka.controller:type=KafkaController), read from the committed image. */
export function registerControllerMetrics(meter: Meter, controller: QuorumController): void {
  const gauge = (name: string, help: string, read: (image: MetadataImage) => number) =>
    meter.gauge(`kafka_controller_kafkacontroller_${name}`, help, () => read(controller.committedImage));
  const count = (image: MetadataImage, fenced: boolean) =>
    image.brokers().filter((broker) => broker.fenced === fenced).length;
  gauge('activecontrollercount', '1 on the active controller, else 0.', () => (controller.isActive ? 1 : 0));
  gauge('activebrokercount', 'Brokers registered and not fenced.', (image) => count(image, false));
  gauge('fencedbrokercount', 'Brokers registered and fenced.', (image) => count(image, true));
  gauge('globaltopiccount', 'Topics of the cluster.', (image) => image.topicCount);
  gauge('globalpartitioncount', 'Partitions of the cluster.', (image) => {
    let total = 0;
    for (const { partitionCount } of image.topics()) total += partitionCount;
    return total;
  });
  gauge(
    'lastcommittedrecordoffset',
    'Offset of the last committed metadata record.',
    (image) => image.provenance.offset,
  );
}
