import { parseValue, topicKey } from '@milena/config-schema';
import { isActiveBroker, type BrokerRegistration, type MetadataImage } from '@milena/metadata';
import type { Uuid } from '@milena/model';
import { defaultDirectory, hasDirectory } from '../brokers/broker-directories';
import type { ControllerDefaults } from '../controller-defaults';
import { ELR_FEATURE } from '../features/feature-names';

/** A broker as it will be once the decision at hand has taken effect. */
export type BrokerAfter = Pick<BrokerRegistration, 'id' | 'fenced' | 'inControlledShutdown' | 'directoryIds'>;

/** The key that allows a replica outside the ISR to lead. */
export const UNCLEAN_ELECTION_KEY = 'unclean.leader.election.enable';

/** The key that says how many in-sync replicas a record must reach before it counts as written. */
export const MIN_ISR_KEY = 'min.insync.replicas';

/** What holds for every change of a topic's partitions, as cluster and topic are once the decision has taken effect. */
export interface PartitionRules {
  /** Whether eligible leader replicas are in use (KIP-966). */
  readonly elrEnabled: boolean;
  /** `min.insync.replicas` of the topic. */
  readonly minInsyncReplicas: number;
  /** `unclean.leader.election.enable` of the topic: whether an election may lose records rather than find no leader. */
  readonly uncleanAllowed: boolean;
  isRegistered(brokerId: number): boolean;
  /** Whether a broker may lead at all: registered, unfenced and not leaving. */
  isActive(brokerId: number): boolean;
  /** Whether the directory that holds a broker's replica is one the broker has registered. */
  hasDirectory(brokerId: number, directory: Uuid): boolean;
  /** Where a replica that starts anew on a broker goes. */
  defaultDirectory(brokerId: number): Uuid;
}

/** The rules of each topic by name. Asking for the topic asked for last costs nothing. */
export function partitionRules(
  image: MetadataImage,
  defaults: ControllerDefaults,
  brokerOf: (id: number) => BrokerAfter | undefined = (id) => image.broker(id),
): (topic: string) => PartitionRules {
  const known = remembering(brokerOf);
  const shared = {
    elrEnabled: isElrEnabled(image),
    isRegistered: (id: number) => known(id) !== undefined,
    isActive: (id: number) => isActiveBroker(known(id)),
    hasDirectory: (id: number, directory: Uuid) => hasDirectory(known(id), directory),
    defaultDirectory: (id: number) => defaultDirectory(known(id)),
  };
  let last: { readonly topic: string; readonly rules: PartitionRules } | undefined;
  return (topic) => {
    if (last?.topic === topic) return last.rules;
    const minInsyncReplicas = minInsyncReplicasOf(image, topic, defaults);
    const rules = { ...shared, minInsyncReplicas, uncleanAllowed: uncleanElectionAllowed(image, topic, defaults) };
    last = { topic, rules };
    return rules;
  };
}

/** Asks for each broker once: a sweep asks for the same few as often as there are replicas. */
function remembering(brokerOf: (id: number) => BrokerAfter | undefined): (id: number) => BrokerAfter | undefined {
  const brokers = new Map<number, BrokerAfter | undefined>();
  return (id) => {
    const known = brokers.get(id);
    if (known !== undefined || brokers.has(id)) return known;
    const broker = brokerOf(id);
    brokers.set(id, broker);
    return broker;
  };
}

/** Whether eligible leader replicas are in use. */
export function isElrEnabled(image: MetadataImage): boolean {
  return image.featureLevel(ELR_FEATURE) > 0;
}

/** `unclean.leader.election.enable` of a topic: its own value, else the cluster's, else the controller's. */
export function uncleanElectionAllowed(image: MetadataImage, topic: string, defaults: ControllerDefaults): boolean {
  const value = configured(image, topic, UNCLEAN_ELECTION_KEY);
  return value === undefined ? defaults.uncleanLeaderElection : booleanOf(value);
}

/**
 * `min.insync.replicas` of a topic: its own value, else the cluster's, else one where ELR is in use: what the controllers'
 * files said then is in the log unless it was one, and what they say now no broker needs to know.
 */
export function minInsyncReplicasOf(
  image: MetadataImage,
  topic: string,
  defaults: Pick<ControllerDefaults, 'minInsyncReplicas'>,
): number {
  const value = Number(configured(image, topic, MIN_ISR_KEY));
  if (Number.isSafeInteger(value)) return value;
  return isElrEnabled(image) ? 1 : defaults.minInsyncReplicas;
}

/** A boolean as it was set, in the spellings that were accepted then. */
function booleanOf(text: string): boolean {
  const definition = topicKey(UNCLEAN_ELECTION_KEY);
  const parsed = definition && parseValue(definition, text);
  return parsed?.ok === true && parsed.value === true;
}

function configured(image: MetadataImage, topic: string, key: string): string | undefined {
  return image.configValue({ type: 'TOPIC', name: topic }, key) ?? image.configValue({ type: 'BROKER', name: '' }, key);
}
