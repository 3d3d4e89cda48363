import type { MetadataImage } from '@milena/metadata';
import { endpointText, NO_NODE } from '@milena/model';
import type { Meter } from '@milena/platform';
import type { QuorumController } from './quorum-controller';

/**
 * Registers Kafka's controller metrics (kafka.controller:type=KafkaController, ControllerStats), read from the committed
 * image on every controller alike; and, on the active one alone so that each appears once, kafka_exporter's view of the
 * brokers.
 */
export function registerControllerMetrics(meter: Meter, controller: QuorumController): void {
  const name = (what: string): string => `kafka_controller_kafkacontroller_${what}`;
  const gauge = (what: string, help: string, read: (image: MetadataImage) => number): void =>
    meter.gauge(name(what), help, () => read(controller.committedImage));
  gauge('activecontrollercount', '1 on the active controller, else 0.', () => (controller.isActive ? 1 : 0));
  gauge('activebrokercount', 'Brokers registered and not fenced.', (image) => brokerCount(image, false));
  gauge('fencedbrokercount', 'Brokers registered and fenced.', (image) => brokerCount(image, true));
  gauge('globaltopiccount', 'Topics of the cluster.', (image) => image.topicCount);
  gauge('globalpartitioncount', 'Partitions of the cluster.', (image) => image.partitionCount);
  gauge('offlinepartitionscount', 'Partitions without a leader.', (image) =>
    image.hostedPartitionCount(NO_NODE, 'leader'),
  );
  gauge('preferredreplicaimbalancecount', 'Partitions led by another than their first replica.', (image) =>
    image.ledByOthersCount(),
  );
  gauge('lastappliedrecordoffset', 'Offset of the last metadata record that was applied.', lastOffset);
  gauge('lastcommittedrecordoffset', 'Offset of the last committed metadata record.', lastOffset);
  meter.total(name('newactivecontrollerscount'), 'How often this node became the active controller.', () => {
    return controller.activations;
  });
  const unclean = 'kafka_controller_controllerstats_uncleanleaderelections_total';
  meter.total(unclean, 'Leaders elected out of sync by this node.', () => controller.uncleanElections);
  registerBrokers(meter, controller);
}

/** What kafka_exporter tells of the brokers. */
function registerBrokers(meter: Meter, controller: QuorumController): void {
  meter.gauge('kafka_brokers', 'Brokers that are not fenced, told by the active controller.', () => {
    if (!controller.isActive) return [];
    return [{ labels: {}, value: brokerCount(controller.committedImage, false) }];
  });
  meter.gauge('kafka_broker_info', '1 for each broker that is not fenced, told by the active controller.', () => {
    if (!controller.isActive) return [];
    return controller.committedImage.brokers().flatMap(({ id, fenced, listeners: [listener] }) => {
      if (fenced || listener === undefined) return [];
      return [{ labels: { id: `${id}`, address: endpointText(listener) }, value: 1 }];
    });
  });
}

function lastOffset(image: MetadataImage): number {
  return image.provenance.offset;
}

function brokerCount(image: MetadataImage, fenced: boolean): number {
  return image.brokers().filter((broker) => broker.fenced === fenced).length;
}
