import type { MessageInitShape } from '@bufbuild/protobuf';
import { listTopicConfigsRpc, type BrokerTopicConfig } from '@milena/cluster-protocol';
import { TOPIC_KEYS, topicKeyAccepts, type KeyTable } from '@milena/config-schema';
import { isActiveBroker, type MetadataImage, type TopicImage } from '@milena/metadata';
import { failure, success, ZERO_OFFSET, type Result } from '@milena/model';
import { ReadConsistency, TopicConfigSource, type AdminTopicConfigSchema, type TopicService } from '@milena/proto';
import type { AdminAnswer, AdminCall } from './admin-method';
import type { GatewayContext } from './gateway-context';
import { pageOf, requestedPage, type PageFields } from './paging';
import type { ReadFields } from './read-metadata';
import { parseTopicConfigName, topicConfigName, topicName } from './resource-name';
import { aboutTopic, findTopic } from './topic-message';

type ConfigMessage = MessageInitShape<typeof AdminTopicConfigSchema>;

/** Brokers that are asked before giving up: their configurations are the same as a rule. */
const BROKERS_ASKED_MAX = 3;
/** Kafka's numbers of config sources (DescribeConfigs); all others are a broker's. */
const SOURCE_TOPIC = 1;
const SOURCE_DEFAULT = 5;

const definitions: KeyTable = TOPIC_KEYS;

/** Describes one config key of a topic. */
export async function getTopicConfig(
  context: GatewayContext,
  { name, ...fields }: ReadFields & { readonly name: string },
  call: AdminCall,
): AdminAnswer<typeof TopicService, 'getTopicConfig'> {
  const parsed = parseTopicConfigName(name, 'name');
  if (!parsed.ok) return parsed;
  const { topic, key } = parsed.value;
  const configs = await topicConfigs(context, { name: topicName(topic), field: 'name', ...fields }, call);
  if (!configs.ok) return configs;
  const config = configs.value.find((each) => each.key === key);
  if (config === undefined) return failure('INVALID_CONFIG', `topics have no key ${key}`, aboutTopic(topic));
  return success({ config: configMessage(topic, config) });
}

/** Lists the config keys of a topic. */
export async function listTopicConfigs(
  context: GatewayContext,
  { parent, ...fields }: PageFields & ReadFields & { readonly parent: string },
  call: AdminCall,
): AdminAnswer<typeof TopicService, 'listTopicConfigs'> {
  const page = requestedPage(fields, `${parent}/configs`);
  if (!page.ok) return page;
  const configs = await topicConfigs(context, { name: parent, field: 'parent', ...fields }, call);
  if (!configs.ok) return configs;
  const { after = '' } = page.value;
  const behind = configs.value.filter(({ key }) => key > after);
  const { items, nextPageToken } = pageOf(behind, page.value, ({ key }) => key);
  const topic = parent.slice(topicName('').length);
  return success({ configs: items.map((config) => configMessage(topic, config)), nextPageToken });
}

/**
 * Every key with its value, by key, from the first broker that answers: a leader of the topic before all others. Unless the
 * read may be stale, the broker answers when it has applied what this gateway has.
 */
async function topicConfigs(
  context: GatewayContext,
  { name, field, readConsistency }: ReadFields & { readonly name: string; readonly field: string },
  call: AdminCall,
): Promise<Result<readonly BrokerTopicConfig[]>> {
  const metadata = await context.read({ readConsistency }, call);
  if (!metadata.ok) return metadata;
  const { image, end } = metadata.value;
  const topic = findTopic(image, name, field);
  if (!topic.ok) return topic;
  const metadataEnd = readConsistency === ReadConsistency.STALE ? ZERO_OFFSET : end;
  const request = { topic: topic.value.name, metadataEnd };
  let outcome: Result<readonly BrokerTopicConfig[]> = failure('BROKER_NOT_AVAILABLE', 'no broker is active');
  for (const brokerId of brokersToAsk(image, topic.value)) {
    const answer = await context.askBroker(brokerId, listTopicConfigsRpc, request, call);
    if (answer.ok) return success(answer.value.configs);
    outcome = answer;
  }
  return outcome;
}

function brokersToAsk(image: MetadataImage, topic: TopicImage): readonly number[] {
  const active = image.brokers().filter(isActiveBroker);
  const leader = topic.partition(0)?.leader;
  const ids = active.map(({ id }) => id).sort((left, right) => Number(right === leader) - Number(left === leader));
  return ids.slice(0, BROKERS_ASKED_MAX);
}

function configMessage(topic: string, { key, value, source }: BrokerTopicConfig): ConfigMessage {
  return {
    name: topicConfigName(topic, key),
    key,
    ...(value === undefined ? {} : { value }),
    source: sourceMessage(source),
    accepts: topicKeyAccepts(key) ?? '',
    documentation: Object.hasOwn(definitions, key) ? (definitions[key]?.doc ?? '') : '',
  };
}

function sourceMessage(source: number): TopicConfigSource {
  if (source === SOURCE_TOPIC) return TopicConfigSource.TOPIC;
  return source === SOURCE_DEFAULT ? TopicConfigSource.DEFAULT : TopicConfigSource.BROKER;
}
