import {
  isActiveBroker,
  type BrokerRegistration,
  type HostedPartition,
  type MetadataImage,
  type MetadataRecord,
} from '@milena/metadata';
import { NO_NODE, type Uuid } from '@milena/model';
import { defaultDirectory, hasDirectory } from '../brokers/broker-directories';
import type { ControllerDefaults } from '../controller-defaults';
import { partitionChange } from './partition-change';

/** A broker as it will be once the decision at hand has taken effect. */
export type BrokerAfter = Pick<BrokerRegistration, 'id' | 'fenced' | 'inControlledShutdown' | 'directoryIds'>;

/** The key that allows a replica outside the ISR to lead. */
export const UNCLEAN_ELECTION_KEY = 'unclean.leader.election.enable';

/** `unclean.leader.election.enable` of a topic: its own value, else the cluster's, else the controller's. */
export function uncleanElectionAllowed(image: MetadataImage, topic: string, defaults: ControllerDefaults): boolean {
  const key = UNCLEAN_ELECTION_KEY;
  const value =
    image.configValue({ type: 'TOPIC', name: topic }, key) ?? image.configValue({ type: 'BROKER', name: '' }, key);
  return value === undefined ? defaults.uncleanLeaderElection : value === 'true';
}

/**
 * Records for the partitions of a broker whose standing changes. When it is no longer active, it leaves every ISR that has
 * other members, and its leaderships are given away. When it becomes active, partitions without a leader get one if it
 * qualifies. When a directory is gone, replicas that were in it count as lost: they leave the ISR and start anew in the
 * broker's default directory. A replica that is the whole ISR keeps its place and its old directory, so that nobody but
 * the disk that has the records is elected (unless unclean election is allowed).
 */
export function brokerChangeRecords(
  image: MetadataImage,
  after: BrokerAfter,
  defaults: ControllerDefaults,
): MetadataRecord[] {
  const records: MetadataRecord[] = [];
  for (const hosted of image.hostedPartitions(after.id)) {
    const record = changeOf(image, hosted, after, defaults);
    if (record !== undefined) records.push(record);
  }
  return records;
}

function changeOf(
  image: MetadataImage,
  { topic, partition, state }: HostedPartition,
  after: BrokerAfter,
  defaults: ControllerDefaults,
) {
  const brokerOf = (id: number): BrokerAfter | undefined => (id === after.id ? after : image.broker(id));
  const directory = state.directories[state.replicas.indexOf(after.id)];
  const lost = directory !== undefined && !hasDirectory(after, directory);
  const leaves = state.isr.includes(after.id) && (lost || !isActiveBroker(after));
  const wantsLeader = state.leader === NO_NODE || state.leader === after.id;
  if (!leaves && !lost && !wantsLeader) return undefined;
  const targetIsr = leaves ? state.isr.filter((id) => id !== after.id) : state.isr;
  const isLastInSync = state.isr.length === 1 && state.isr[0] === after.id;
  return partitionChange({
    topicId: topic.id,
    partitionId: partition,
    before: state,
    targetIsr,
    ...(lost && !isLastInSync ? { targetDirectories: replaceDirectory(state, after) } : {}),
    isActive: (id) => isActiveBroker(brokerOf(id)),
    hasDirectory: (id, directoryId) => hasDirectory(brokerOf(id), directoryId),
    defaultDirectory: (id) => defaultDirectory(brokerOf(id)),
    uncleanAllowed: uncleanElectionAllowed(image, topic.name, defaults),
  });
}

function replaceDirectory({ replicas, directories }: HostedPartition['state'], after: BrokerAfter): readonly Uuid[] {
  return directories.map((directory, index) => (replicas[index] === after.id ? defaultDirectory(after) : directory));
}
