import { success, type Result, type TopicPartition } from '@milena/model';
import { invalidField } from './invalid-field';

/** Longest name that is looked at; Kafka's ids are far shorter. */
const NAME_CHARACTERS_MAX = 4096;
const BROKER_ID_MAX = 2 ** 31 - 1;

/** Resource name of a topic. */
export function topicName(topic: string): string {
  return `topics/${topic}`;
}

/** Resource name of a partition. */
export function partitionName({ topic, partition }: TopicPartition): string {
  return `topics/${topic}/partitions/${partition}`;
}

/** Resource name of a config key of a topic. */
export function topicConfigName(topic: string, key: string): string {
  return `topics/${topic}/configs/${key}`;
}

/** Resource name of a broker. */
export function brokerName(id: number): string {
  return `brokers/${id}`;
}

/** Resource name of a group. */
export function groupName(groupId: string): string {
  return `groups/${groupId}`;
}

/** Resource name of a feature. */
export function featureName(feature: string): string {
  return `features/${feature}`;
}

/** The feature that `field` names as `features/<feature>`. */
export function parseFeatureName(text: string, field: string): Result<string> {
  const feature = idIn(text, 'features/');
  if (feature === undefined || feature.includes('/')) return invalidField(field, 'must be features/<feature>');
  return success(feature);
}

/** The topic that `field` names as `topics/<topic>`. */
export function parseTopicName(text: string, field: string): Result<string> {
  const topic = idIn(text, 'topics/');
  if (topic === undefined || topic.includes('/')) return invalidField(field, 'must be topics/<topic>');
  return success(topic);
}

/** The topic and key that `field` names as `topics/<topic>/configs/<key>`. */
export function parseTopicConfigName(text: string, field: string): Result<{ topic: string; key: string }> {
  const [topics, topic, configs, key, ...rest] = text.slice(0, NAME_CHARACTERS_MAX).split('/');
  const isName = topics === 'topics' && configs === 'configs' && rest.length === 0;
  if (!isName || !topic || !key) return invalidField(field, 'must be topics/<topic>/configs/<key>');
  return success({ topic, key });
}

/** The broker that `field` names as `brokers/<id>`. */
export function parseBrokerName(text: string, field: string): Result<number> {
  const id = idIn(text, 'brokers/');
  if (id === undefined || !/^\d{1,10}$/.test(id) || Number(id) > BROKER_ID_MAX) {
    return invalidField(field, 'must be brokers/<id>');
  }
  return success(Number(id));
}

/** The group that `field` names as `groups/<id>`; the id is everything behind the slash. */
export function parseGroupName(text: string, field: string): Result<string> {
  const groupId = idIn(text, 'groups/');
  return groupId === undefined ? invalidField(field, 'must be groups/<id>') : success(groupId);
}

function idIn(text: string, prefix: string): string | undefined {
  if (!text.startsWith(prefix) || text.length > NAME_CHARACTERS_MAX) return undefined;
  return text.length === prefix.length ? undefined : text.slice(prefix.length);
}
