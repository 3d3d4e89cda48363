import type { ChannelFailure, Distribution, Meter, SpanOptions, TraceContext, Tracer } from '@milena/platform';

/** Names of OpenTelemetry's RPC conventions (semantic-conventions 1.44), kept in one place because they still move. */
const ATTRIBUTES = {
  system: 'rpc.system.name',
  method: 'rpc.method',
  status: 'rpc.status_code',
  error: 'error.type',
} as const;
const DURATION_METRIC = {
  client: { name: 'rpc_client_call_duration_seconds', help: 'Duration of gRPC calls made, by method and status' },
  server: { name: 'rpc_server_call_duration_seconds', help: 'Duration of gRPC calls answered, by method and status' },
} as const;

/** A call that is measured. */
export interface ObservedCall {
  /** Context to hand on: of the call's span, or of its cause when nothing is traced. */
  readonly trace: TraceContext | undefined;
  /** The call is over; `undefined` for OK. */
  end(failure: ChannelFailure | undefined): void;
}

/** What is known of a call when it begins. */
export interface CallStart {
  /** `/package.Service/Method`. */
  readonly method: string;
  readonly parent?: TraceContext | undefined;
  /** False for streams, whose messages carry traces of their own. */
  readonly traced: boolean;
  readonly attributes: Readonly<Record<string, string | number>>;
}

/** Starts the measurements of one side's calls. */
export type ObserveCall = (start: CallStart) => ObservedCall;

/** Where measurements go. */
export interface CallInstrumentsOptions {
  readonly side: 'client' | 'server';
  /** What the calls are made over; gRPC when left out. */
  readonly system?: 'grpc' | 'connectrpc';
  readonly tracer: Tracer;
  readonly meter: Meter;
  /** Whether a call that belongs to no trace begins one; false when left out. */
  readonly startsTraces?: boolean;
}

/** Spans and durations of calls: a span per unary call that is part of a trace, a duration per call and stream. */
export function createCallInstruments(settings: CallInstrumentsOptions): ObserveCall {
  const { side, system = 'grpc', tracer, meter, startsTraces = false } = settings;
  const { name, help } = DURATION_METRIC[side];
  const durations = new Map<string, Map<string, Distribution>>();

  function duration(method: string, status: string): Distribution {
    let ofMethod = durations.get(method);
    if (ofMethod === undefined) durations.set(method, (ofMethod = new Map<string, Distribution>()));
    let series = ofMethod.get(status);
    if (series === undefined) {
      series = meter.histogram(name, help, { rpc_method: method, rpc_status_code: status });
      ofMethod.set(status, series);
    }
    return series;
  }

  function spanOptions(method: string, parent: CallStart['parent'], attributes: CallStart['attributes']): SpanOptions {
    return {
      kind: side,
      ...(parent === undefined ? {} : { parent }),
      attributes: { [ATTRIBUTES.system]: system, [ATTRIBUTES.method]: method, ...attributes },
    };
  }

  return ({ method: path, parent, traced, attributes }) => {
    const startMs = performance.now();
    const method = path.slice(1);
    const isTraced = traced && tracer.isOn && (parent !== undefined || startsTraces);
    const span = isTraced ? tracer.startSpan(method, spanOptions(method, parent, attributes)) : undefined;
    return {
      trace: span?.context ?? parent,
      end(failure) {
        const statusCode = failure === undefined ? 'OK' : (failure.status ?? failure.reason);
        duration(method, statusCode).record((performance.now() - startMs) / 1000);
        span?.setAttribute(ATTRIBUTES.status, statusCode);
        const error = failure?.failure?.code ?? failure?.status ?? failure?.reason;
        if (error !== undefined) span?.setAttribute(ATTRIBUTES.error, error);
        span?.end(error);
      },
    };
  };
}
