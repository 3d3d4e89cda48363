import {
  brokerConfigLines,
  clusterConfigLines,
  CONFIG_SOURCES,
  topicConfigLines,
  type ConfigLine,
  type ValueType,
} from '@milena/config-schema';
import { topicNameRefusal } from '@milena/controller';
import { describeConfigs, type RequestOf, type ResponseInputOf } from '@milena/kafka-protocol';
import { errorCode, failure, success, type Result } from '@milena/model';
import type { BrokerContext } from '../broker-context';
import { serverConfigLayers } from '../server-config-layers';
import type { ApiHandler } from './api-handler';
import { configurableType } from './config-resource-number';

type Request = RequestOf<typeof describeConfigs>;
type RequestedResource = Request['resources'][number];
type ResourceResponse = ResponseInputOf<typeof describeConfigs>['results'][number];
type LineResponse = ResourceResponse['configs'][number];

/** Kafka's numbers of value types (ConfigType). */
const TYPE_NUMBERS: Readonly<Record<ValueType, number>> = {
  boolean: 1,
  string: 2,
  enum: 2,
  int: 3,
  long: 5,
  double: 6,
  list: 7,
};

/**
 * DescribeConfigs: the keys of topics and brokers with the values in force and where they come from. A broker describes
 * itself only; the empty name is what was set for all brokers. A resource is described once, however often named.
 */
export const describeConfigsApi: ApiHandler<typeof describeConfigs> = {
  api: describeConfigs,
  handle(request, { broker }) {
    const resources = new Map(
      request.resources.map((resource) => [`${resource.resourceType} ${resource.resourceName}`, resource]),
    );
    const results = [...resources.values()].map((resource) => resourceResponse(resource, request, broker));
    return { throttleTimeMs: 0, results };
  },
};

function resourceResponse(resource: RequestedResource, request: Request, broker: BrokerContext): ResourceResponse {
  const { resourceType, resourceName, configurationKeys } = resource;
  const described = linesOf(resource, broker);
  if (!described.ok) {
    const { code, message } = described.error;
    return { resourceType, resourceName, errorCode: errorCode(code), errorMessage: message, configs: [] };
  }
  const wanted = configurationKeys === null || configurationKeys.length === 0 ? undefined : new Set(configurationKeys);
  const shown = described.value.filter(({ name }) => wanted === undefined || wanted.has(name));
  return { resourceType, resourceName, errorCode: 0, configs: shown.map((line) => lineResponse(line, request)) };
}

function linesOf({ resourceType, resourceName: name }: RequestedResource, broker: BrokerContext) {
  const type = configurableType(resourceType);
  if (!type.ok) return type;
  return type.value === 'TOPIC' ? topicLines(name, broker) : brokerLines(name, broker);
}

function topicLines(name: string, broker: BrokerContext): Result<readonly ConfigLine[]> {
  const image = broker.image();
  if (image.topicByName(name) === undefined) {
    const refusal = topicNameRefusal(name);
    if (refusal !== undefined) return { ok: false, error: refusal };
    return failure('UNKNOWN_TOPIC_OR_PARTITION', `there is no topic '${name}'`);
  }
  return success(topicConfigLines(image.config({ type: 'TOPIC', name }), serverConfigLayers(image, broker.config)));
}

function brokerLines(name: string, broker: BrokerContext): Result<readonly ConfigLine[]> {
  const layers = serverConfigLayers(broker.image(), broker.config);
  if (name === '') return success(clusterConfigLines(layers.cluster));
  if (name === String(broker.nodeId)) return success(brokerConfigLines(layers));
  return failure('INVALID_REQUEST', `this is broker ${broker.nodeId}, which cannot describe broker '${name}'`);
}

function lineResponse(line: ConfigLine, { includeSynonyms, includeDocumentation }: Request): LineResponse {
  return {
    name: line.name,
    value: line.value ?? null,
    readOnly: line.readOnly,
    configSource: CONFIG_SOURCES[line.source],
    isSensitive: line.sensitive,
    synonyms: includeSynonyms
      ? line.synonyms.map(({ name, value, source }) => ({ name, value: value ?? null, source: CONFIG_SOURCES[source] }))
      : [],
    configType: TYPE_NUMBERS[line.type],
    documentation: includeDocumentation ? line.doc : null,
  };
}
