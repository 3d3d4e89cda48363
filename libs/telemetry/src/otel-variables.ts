/** How spans travel to the collector. */
export type OtlpProtocol = 'grpc' | 'http/protobuf' | 'http/json';

/** Which traces are recorded. */
export interface OtelSampling {
  /** Whether a parent's decision counts more than our own. */
  readonly followsParent: boolean;
  /** Share of the other traces that is recorded, 0 to 1. */
  readonly ratio: number;
}

/** What OTEL_* asks for; endpoints, headers, timeouts and certificates are read by the exporters themselves. */
export interface OtelVariables {
  readonly protocol: OtlpProtocol;
  readonly sampling: OtelSampling;
  /** Milliseconds between two exports, and limits of the queue; undefined for the SDK's own. */
  readonly batching: {
    readonly scheduledDelayMillis?: number;
    readonly maxQueueSize?: number;
    readonly maxExportBatchSize?: number;
    readonly exportTimeoutMillis?: number;
  };
  /** What could not be understood; it has no effect. */
  readonly problems: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

const PROTOCOLS: readonly string[] = ['grpc', 'http/protobuf', 'http/json'] satisfies OtlpProtocol[];
const BATCHING = {
  scheduledDelayMillis: 'OTEL_BSP_SCHEDULE_DELAY',
  maxQueueSize: 'OTEL_BSP_MAX_QUEUE_SIZE',
  maxExportBatchSize: 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE',
  exportTimeoutMillis: 'OTEL_BSP_EXPORT_TIMEOUT',
} as const;

/**
 * The variables that the OpenTelemetry specification defines, read as it says; undefined when none of them asks for
 * traces, or one switches them off.
 */
export function otelVariables(environment: Environment): OtelVariables | undefined {
  const read = (name: string): string | undefined => {
    const text = environment[name]?.trim();
    return text === '' ? undefined : text;
  };
  const exporters = read('OTEL_TRACES_EXPORTER')
    ?.split(',')
    .map((name) => name.trim());
  const asked = read('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') ?? read('OTEL_EXPORTER_OTLP_ENDPOINT') ?? exporters;
  if (asked === undefined || read('OTEL_SDK_DISABLED')?.toLowerCase() === 'true') return undefined;
  if (exporters?.includes('none') === true) return undefined;
  const problems = (exporters ?? [])
    .filter((name) => name !== 'otlp')
    .map((name) => `OTEL_TRACES_EXPORTER: ${name} is not supported; traces go out as otlp`);
  const protocol = read('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL') ?? read('OTEL_EXPORTER_OTLP_PROTOCOL') ?? 'http/protobuf';
  const isKnown = PROTOCOLS.includes(protocol);
  if (!isKnown) problems.push(`OTEL_EXPORTER_OTLP_PROTOCOL: ${protocol} is none of ${PROTOCOLS.join(', ')}`);
  return {
    protocol: isKnown ? (protocol as OtlpProtocol) : 'http/protobuf',
    sampling: sampling(read('OTEL_TRACES_SAMPLER'), read('OTEL_TRACES_SAMPLER_ARG'), problems),
    batching: batching(read, problems),
    problems,
  };
}

function sampling(name: string | undefined, argument: string | undefined, problems: string[]): OtelSampling {
  const all = { followsParent: true, ratio: 1 };
  if (name === undefined) return all;
  const match = /^(parentbased_)?(always_on|always_off|traceidratio)$/.exec(name);
  if (match === null) {
    problems.push(`OTEL_TRACES_SAMPLER: ${name} is not supported; every trace is recorded`);
    return all;
  }
  const followsParent = match[1] !== undefined;
  if (match[2] !== 'traceidratio') return { followsParent, ratio: match[2] === 'always_on' ? 1 : 0 };
  const ratio = Number(argument ?? '1');
  if (ratio >= 0 && ratio <= 1) return { followsParent, ratio };
  problems.push(`OTEL_TRACES_SAMPLER_ARG: ${argument} is not a number from 0 to 1; every trace is recorded`);
  return { followsParent, ratio: 1 };
}

function batching(read: (name: string) => string | undefined, problems: string[]): OtelVariables['batching'] {
  const given: Record<string, number> = {};
  for (const [setting, name] of Object.entries(BATCHING)) {
    const text = read(name);
    if (text === undefined) continue;
    const value = Number(text);
    if (Number.isSafeInteger(value) && value > 0) given[setting] = value;
    else problems.push(`${name}: ${text} is not a positive integer`);
  }
  return given;
}
