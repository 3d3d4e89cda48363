import { defineApi } from '../api';
import { array, bool, int16, int32, int8, string, stringList } from '../field';

/**
 * DescribeConfigs (32): the configuration of topics and brokers.
 * v1 sources and synonyms (KIP-226); v3 types and documentation (KIP-569); v4 flexible. Null keys ask for all.
 */
export const describeConfigs = defineApi({
  key: 32,
  name: 'DescribeConfigs',
  versions: { min: 1, max: 4 },
  flexibleSince: 4,
  request: {
    resources: array('0+', {
      resourceType: int8('0+'),
      resourceName: string('0+'),
      configurationKeys: stringList('0+', { nullable: '0+' }),
    }),
    includeSynonyms: bool('1+'),
    includeDocumentation: bool('3+'),
  },
  response: {
    throttleTimeMs: int32('0+'),
    results: array('0+', {
      errorCode: int16('0+'),
      errorMessage: string('0+', { nullable: '0+', default: null }),
      resourceType: int8('0+'),
      resourceName: string('0+'),
      configs: array('0+', {
        name: string('0+'),
        value: string('0+', { nullable: '0+' }),
        readOnly: bool('0+'),
        configSource: int8('1+', { default: -1 }),
        isSensitive: bool('0+'),
        synonyms: array('1+', {
          name: string('0+'),
          value: string('0+', { nullable: '0+' }),
          source: int8('0+'),
        }),
        configType: int8('3+'),
        documentation: string('3+', { nullable: '3+', default: null }),
      }),
    }),
  },
});
