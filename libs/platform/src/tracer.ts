/** The W3C `traceparent` of the span that caused something: `00-<32 hex>-<16 hex>-<2 hex>`. */
export interface TraceContext {
  readonly traceparent: string;
}

/** A span under way. */
export interface Span {
  /** Context for what this span causes; undefined when tracing is off. */
  readonly context: TraceContext | undefined;
  setAttribute(name: string, value: string | number | boolean): void;
  /** Ends the span; `error` marks it failed with a Kafka error name or a reason. */
  end(error?: string): void;
}

/** Starts spans. Off costs nothing: the default implementation returns one shared span that does nothing. */
export interface Tracer {
  /** Whether anybody looks: false saves the work of describing spans on hot paths. */
  readonly isOn: boolean;
  startSpan(name: string, options?: SpanOptions): Span;
}

/** Where a span belongs. */
export interface SpanOptions {
  readonly kind?: 'server' | 'client' | 'internal';
  readonly parent?: TraceContext;
  readonly links?: readonly TraceContext[];
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
}

const noSpan: Span = { context: undefined, setAttribute() {}, end() {} };

/** A tracer that records nothing. */
export const noTracer: Tracer = { isOn: false, startSpan: () => noSpan };
