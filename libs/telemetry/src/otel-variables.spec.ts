import { otelVariables } from './otel-variables';

const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };

describe('otelVariables', () => {
  it.each([
    ['nothing is set', {}],
    ['a variable is empty', { OTEL_EXPORTER_OTLP_ENDPOINT: '' }],
    ['no exporter is wanted', { ...ENDPOINT, OTEL_TRACES_EXPORTER: 'none' }],
    ['the SDK is disabled', { ...ENDPOINT, OTEL_SDK_DISABLED: 'true' }],
    ['only other things are set', { OTEL_SERVICE_NAME: 'broker', OTEL_TRACES_SAMPLER: 'always_on' }],
  ])('wants no traces when %s', (_, environment) => expect(otelVariables(environment)).toBeUndefined());

  it("takes the specification's defaults", () => {
    expect(otelVariables(ENDPOINT)).toEqual({
      protocol: 'http/protobuf',
      sampling: { followsParent: true, ratio: 1 },
      batching: {},
      problems: [],
    });
    expect(otelVariables({ OTEL_TRACES_EXPORTER: 'otlp' })).toBeDefined();
  });

  it('prefers what is said of traces', () => {
    const environment = { ...ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' };
    expect(otelVariables(environment)?.protocol).toBe('http/json');
    expect(otelVariables({ ...environment, OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc' })?.protocol).toBe('grpc');
  });

  it.each([
    ['always_off', undefined, { followsParent: false, ratio: 0 }],
    ['parentbased_always_off', undefined, { followsParent: true, ratio: 0 }],
    ['traceidratio', '0.25', { followsParent: false, ratio: 0.25 }],
    ['parentbased_traceidratio', undefined, { followsParent: true, ratio: 1 }],
  ])('samples %s with %s', (sampler, argument, expected) => {
    const environment = { ...ENDPOINT, OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: argument };
    expect(otelVariables(environment)?.sampling).toEqual(expected);
  });

  it('names what it does not understand and goes on without it', () => {
    const found = otelVariables({
      ...ENDPOINT,
      OTEL_TRACES_EXPORTER: 'zipkin',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'smoke',
      OTEL_TRACES_SAMPLER: 'jaeger_remote',
      OTEL_BSP_SCHEDULE_DELAY: 'soon',
      OTEL_BSP_MAX_QUEUE_SIZE: '100',
    });
    expect(found?.problems).toEqual([
      'OTEL_TRACES_EXPORTER: zipkin is not supported; traces go out as otlp',
      'OTEL_EXPORTER_OTLP_PROTOCOL: smoke is none of grpc, http/protobuf, http/json',
      'OTEL_TRACES_SAMPLER: jaeger_remote is not supported; every trace is recorded',
      'OTEL_BSP_SCHEDULE_DELAY: soon is not a positive integer',
    ]);
    expect(found).toMatchObject({ protocol: 'http/protobuf', batching: { maxQueueSize: 100 } });
  });
});
