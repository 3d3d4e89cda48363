import type { Meter } from '@milena/platform';
import type { BrokerTraffic, TopicTraffic } from './broker-traffic';
import type { HostedPartitions } from './hosted-partitions';

const METRICS: readonly (readonly [name: string, count: keyof TopicTraffic, help: string])[] = [
  ['messagesin', 'messagesIn', 'Records appended for producers.'],
  ['bytesin', 'bytesIn', 'Bytes of record batches appended for producers.'],
  ['bytesout', 'bytesOut', 'Bytes of record batches sent to consumers.'],
  ['totalproducerequests', 'produceRequests', 'Partitions in produce requests.'],
  ['totalfetchrequests', 'fetchRequests', 'Partitions in fetch requests of consumers.'],
  ['failedproducerequests', 'failedProduceRequests', 'Partitions in produce requests that were refused.'],
  ['failedfetchrequests', 'failedFetchRequests', 'Partitions in fetch requests of consumers that were refused.'],
];

/** Registers Kafka's BrokerTopicMetrics: each in all, and by topic for those with a partition here. */
export function registerTrafficMetrics(meter: Meter, traffic: BrokerTraffic, hosted: HostedPartitions): void {
  for (const [name, count, help] of METRICS) {
    meter.total(`kafka_server_brokertopicmetrics_${name}_total`, `${help} In all, and by topic.`, () => {
      const topics = new Set(Array.from(hosted.all(), ({ topicPartition }) => topicPartition.topic));
      const byTopic = Array.from(traffic.topics(topics), ([topic, ofTopic]) => ({
        labels: { topic },
        value: ofTopic[count],
      }));
      return [{ labels: {}, value: traffic.all[count] }, ...byTopic];
    });
  }
}
