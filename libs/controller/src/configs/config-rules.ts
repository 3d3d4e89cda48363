import {
  layeredServerConfig,
  resolveTopicConfig,
  serverKey,
  topicKey,
  validateBrokerConfig,
  validateTopicConfig,
  type ServerConfig,
} from '@milena/config-schema';
import type { ConfigResource, MetadataImage } from '@milena/metadata';
import { failure, success, type Result } from '@milena/model';
import { isElrEnabled, MIN_ISR_KEY } from '../partitions/partition-rules';

/** What is known of the keys of one resource. */
export interface ConfigRules {
  /** INVALID_CONFIG or INVALID_REQUEST, naming the keys, when these cannot be all the entries of the resource. */
  check(entries: ReadonlyMap<string, string>): Result<void>;
  isList(key: string): boolean;
  /** What a key that the resource has no value for reads as; undefined when it has none at all. */
  inherited(key: string): string | undefined;
}

/**
 * The rules for a resource that exists. UNKNOWN_TOPIC_OR_PARTITION and BROKER_ID_NOT_REGISTERED when it does not,
 * INVALID_REQUEST for kinds of resources that carry no configuration here.
 */
export function configRules(
  image: MetadataImage,
  { type, name }: ConfigResource,
  server: ServerConfig,
): Result<ConfigRules> {
  switch (type) {
    case 'TOPIC':
      if (name === '') return failure('INVALID_REQUEST', 'there is no default topic');
      return image.topicByName(name) === undefined
        ? failure('UNKNOWN_TOPIC_OR_PARTITION', `there is no topic '${name}'`)
        : success(topicRules(image, server));
    case 'BROKER':
      return brokerRules(image, name, server);
    default:
      return failure('INVALID_REQUEST', `configuration of type ${type} is not supported`);
  }
}

function topicRules(image: MetadataImage, server: ServerConfig): ConfigRules {
  return {
    check: (entries) => validateTopicConfig(entries),
    isList: (key) => topicKey(key)?.type === 'list',
    inherited: (key) =>
      topicKey(key) === undefined
        ? undefined
        : resolveTopicConfig(new Map(), clusterServer(image, server)).text(key as never),
  };
}

function brokerRules(image: MetadataImage, name: string, server: ServerConfig): Result<ConfigRules> {
  if (name !== '' && !/^(0|[1-9]\d{0,9})$/.test(name)) {
    return failure('INVALID_REQUEST', `'${name}' is not the id of a broker`);
  }
  if (name !== '' && image.broker(Number(name)) === undefined) {
    return failure('BROKER_ID_NOT_REGISTERED', `there is no broker ${name}`);
  }
  return success({
    check: (entries) => {
      const refusal = isElrEnabled(image) ? minIsrRefusal(image, name, entries) : undefined;
      return refusal ?? validateBrokerConfig(entries, name === '' ? 'all' : 'one');
    },
    isList: (key) => serverKey(key)?.type === 'list',
    inherited: (key) => (serverKey(key) === undefined ? undefined : clusterServer(image, server).text(key as never)),
  });
}

/**
 * With ELR everybody must know the same value: a broker with a smaller one would commit what the controller takes for
 * uncommitted. So no broker has its own, and the cluster's is not taken away, behind which each has what its file says.
 */
function minIsrRefusal(
  image: MetadataImage,
  name: string,
  entries: ReadonlyMap<string, string>,
): Result<void> | undefined {
  const [before, after] = [image.configValue({ type: 'BROKER', name }, MIN_ISR_KEY), entries.get(MIN_ISR_KEY)];
  if (after === before) return undefined;
  if (name === '') {
    if (after !== undefined) return undefined;
    return failure('INVALID_CONFIG', `${MIN_ISR_KEY} of all brokers may change and not be removed while ELR is in use`);
  }
  if (after === undefined) return undefined;
  return failure('INVALID_CONFIG', `${MIN_ISR_KEY} is set for topics or for all brokers while ELR is in use`);
}

/** The controller's own configuration under what was set for all brokers. */
function clusterServer(image: MetadataImage, server: ServerConfig): ServerConfig {
  const cluster = image.config({ type: 'BROKER', name: '' });
  return layeredServerConfig({ server, cluster, broker: new Map() });
}
