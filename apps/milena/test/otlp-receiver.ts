import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A span as a collector got it. */
export interface ReceivedSpan {
  readonly service: string;
  readonly instance: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
}

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string };
}
interface TraceRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly Omit<ReceivedSpan, 'service' | 'instance'>[];
    }[];
  }[];
}

/** A collector that speaks OTLP over HTTP with JSON bodies and keeps what it gets. */
export class OtlpReceiver {
  readonly spans: ReceivedSpan[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        if (request.url === '/v1/traces') this.#take(JSON.parse(Buffer.concat(chunks).toString()) as TraceRequest);
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      });
    });
  }

  static start(): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver();
    return new Promise((resolve) => receiver.#server.listen(0, '127.0.0.1', () => resolve(receiver)));
  }

  /** What OTEL_* must say for spans to come here soon. */
  get environment(): Readonly<Record<string, string>> {
    return {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '50',
    };
  }

  /** The first span that matches, as soon as it is there. */
  async span(matches: (span: ReceivedSpan) => boolean, withinMs = 10_000): Promise<ReceivedSpan> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const found = this.spans.find(matches);
      if (found !== undefined) return found;
      if (performance.now() > deadline) throw new Error(`not received; there are ${this.#names()}`);
      await delay(20);
    }
  }

  /** The names of a span's ancestors, nearest first. */
  ancestors(span: ReceivedSpan): readonly string[] {
    const parent = this.spans.find(({ spanId }) => spanId === span.parentSpanId);
    return parent === undefined ? [] : [parent.name, ...this.ancestors(parent)];
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #take({ resourceSpans }: TraceRequest): void {
    for (const { resource, scopeSpans } of resourceSpans) {
      const attribute = (key: string) => resource.attributes.find((each) => each.key === key)?.value.stringValue ?? '';
      const who = { service: attribute('service.name'), instance: attribute('service.instance.id') };
      for (const { spans } of scopeSpans) this.spans.push(...spans.map((span) => ({ ...span, ...who })));
    }
  }

  #names(): string {
    return [...new Set(this.spans.map(({ service, name }) => `${service} ${name}`))].join(', ');
  }
}
