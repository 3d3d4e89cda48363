import { createRequire } from 'node:module';
import type { Logger } from '@milena/platform';
import type * as OpenTelemetry from '@opentelemetry/api';
import type * as Grpc from '@opentelemetry/exporter-trace-otlp-grpc';
import type * as HttpJson from '@opentelemetry/exporter-trace-otlp-http';
import type * as HttpProtobuf from '@opentelemetry/exporter-trace-otlp-proto';
import type * as Resources from '@opentelemetry/resources';
import type * as Sdk from '@opentelemetry/sdk-trace';
import type { OtelSampling, OtelVariables, OtlpProtocol } from './otel-variables';

/** Whose spans they are, and where they go. */
export interface SpanExportOptions {
  readonly service: string;
  readonly nodeId: number;
  readonly variables: OtelVariables;
  readonly logger: Logger;
}

/** An SDK of our own, not shared with anybody in the process. */
export interface SpanExport {
  readonly tracer: OpenTelemetry.Tracer;
  /** Sends what is left; takes as long as the collector lets it. */
  shutdown(): Promise<void>;
}

/** Loads the OpenTelemetry SDK, which takes a tenth of a second, and starts to export in the background. */
export function startSpanExport({ service, nodeId, variables, logger }: SpanExportOptions): SpanExport {
  const load = createRequire(__filename);
  const sdk = load('@opentelemetry/sdk-trace') as typeof Sdk;
  const resources = load('@opentelemetry/resources') as typeof Resources;
  const exporter = reported(createExporter(load, variables.protocol), logger);
  const name = service === 'milena' ? service : `milena-${service}`;
  const provider = new sdk.TracerProvider({
    // The later one wins: what the environment says of service and instance is the operator's word.
    resource: resources
      .defaultResource()
      .merge(resources.resourceFromAttributes({ 'service.name': name, 'service.instance.id': `${nodeId}` }))
      .merge(resources.detectResources({ detectors: [resources.envDetector] })),
    sampler: createSampler(sdk, variables.sampling),
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter, ...variables.batching })],
  });
  return { tracer: provider.getTracer('milena'), shutdown: () => provider.shutdown() };
}

function createExporter(load: NodeJS.Require, protocol: OtlpProtocol): Sdk.SpanExporter {
  switch (protocol) {
    case 'grpc':
      return new (load('@opentelemetry/exporter-trace-otlp-grpc') as typeof Grpc).OTLPTraceExporter();
    case 'http/json':
      return new (load('@opentelemetry/exporter-trace-otlp-http') as typeof HttpJson).OTLPTraceExporter();
    case 'http/protobuf':
      return new (load('@opentelemetry/exporter-trace-otlp-proto') as typeof HttpProtobuf).OTLPTraceExporter();
  }
}

function createSampler(sdk: typeof Sdk, { followsParent, ratio }: OtelSampling): Sdk.Sampler {
  const root = new sdk.TraceIdRatioBasedSampler(ratio);
  return followsParent ? new sdk.ParentBasedSampler({ root }) : root;
}

/** Says once that the collector cannot be reached, and once that it can again. */
function reported(exporter: Sdk.SpanExporter, logger: Logger): Sdk.SpanExporter {
  let isFailing = false;
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        const hasFailed = result.code !== 0;
        if (hasFailed && !isFailing) logger.warn('traces cannot be exported', { error: result.error?.message });
        if (!hasFailed && isFailing) logger.info('traces are exported again');
        isFailing = hasFailed;
        done(result);
      }),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
    shutdown: () => exporter.shutdown(),
  };
}
