import type { MessageInitShape } from '@bufbuild/protobuf';
import type { ServerConfig } from '@milena/config-schema';
import { isActiveBroker, type MetadataImage, type PartitionState, type TopicImage } from '@milena/metadata';
import { NO_NODE } from '@milena/model';
import { ClusterHealth_Status, type ClusterHealthSchema } from '@milena/proto';
import { brokerName, partitionName } from './resource-name';

const AFFECTED_MAX = 100;
const MIN_ISR = 'min.insync.replicas';

/** What health is told by besides the image. */
export interface ClusterHealthOptions {
  readonly hasController: boolean;
  /** Says what min.insync.replicas is where neither the topic nor the cluster's default does. */
  readonly server: ServerConfig;
}

/** What an image says of the cluster's health. */
export function clusterHealth(
  image: MetadataImage,
  { hasController, server }: ClusterHealthOptions,
): MessageInitShape<typeof ClusterHealthSchema> {
  const inactive = image.brokers().filter((broker) => !isActiveBroker(broker));
  const found = partitionTroubles(image, server);
  const { leaderless, underReplicated, underMinIsr } = found.counts;
  const reasons = [
    ...(hasController ? [] : ['no active controller answers']),
    ...counted(leaderless, 'without a leader'),
    ...counted(underMinIsr, `with fewer replicas in sync than ${MIN_ISR}`),
    ...counted(underReplicated, 'with replicas that are not in sync'),
    ...(inactive.length === 0 ? [] : [`${inactive.length} of ${image.brokers().length} brokers are fenced or leaving`]),
  ];
  const isBroken = !hasController || leaderless > 0;
  const { DEGRADED, HEALTHY, UNAVAILABLE } = ClusterHealth_Status;
  return {
    status: isBroken ? UNAVAILABLE : reasons.length > 0 ? DEGRADED : HEALTHY,
    reasons,
    inactiveBrokers: inactive.map(({ id }) => brokerName(id)),
    leaderlessPartitionCount: leaderless,
    underReplicatedPartitionCount: underReplicated,
    underMinIsrPartitionCount: underMinIsr,
    affectedPartitions: [...found.leaderless, ...found.others].slice(0, AFFECTED_MAX),
  };
}

function counted(count: number, what: string): readonly string[] {
  if (count === 0) return [];
  return [count === 1 ? `1 partition ${what}` : `${count} partitions ${what}`];
}

function partitionTroubles(image: MetadataImage, server: ServerConfig) {
  const counts = { leaderless: 0, underReplicated: 0, underMinIsr: 0 };
  const leaderless: string[] = [];
  const others: string[] = [];
  for (const topic of image.topics()) {
    const minIsr = minInsyncReplicas(image, topic, server);
    let partition = 0;
    for (const state of topic.partitions()) {
      const name = { topic: topic.name, partition };
      partition += 1;
      const isUnderMin = state.isr.length < Math.min(minIsr, state.replicas.length);
      if (isUnderMin) counts.underMinIsr += 1;
      if (isShort(state)) counts.underReplicated += 1;
      if (state.leader === NO_NODE) {
        counts.leaderless += 1;
        if (leaderless.length < AFFECTED_MAX) leaderless.push(partitionName(name));
      } else if ((isUnderMin || isShort(state)) && others.length < AFFECTED_MAX) {
        others.push(partitionName(name));
      }
    }
  }
  return { counts, leaderless, others };
}

function isShort({ isr, replicas }: PartitionState): boolean {
  return isr.length < replicas.length;
}

function minInsyncReplicas(image: MetadataImage, { name }: TopicImage, server: ServerConfig): number {
  const own = image.configValue({ type: 'TOPIC', name }, MIN_ISR);
  const given = own ?? image.configValue({ type: 'BROKER', name: '' }, MIN_ISR);
  return given === undefined ? server.number(MIN_ISR) : Number(given);
}
