// A whole Jaeger with its store in memory, on free loopback ports, asked through its query API as its web page asks.
import { spawn } from 'node:child_process';
import { jaeger } from '../prerequisites.mjs';
import { until } from '../process.mjs';
import { freePort } from '../properties.mjs';

/** Every listener it has: none may stay at its default, where another Jaeger may run. */
const listeners = {
  query: 'query.http-server.host-port',
  otlp: 'collector.otlp.http.host-port',
  otlpGrpc: 'collector.otlp.grpc.host-port',
  queryGrpc: 'query.grpc-server.host-port',
  admin: 'admin.http.host-port',
  collectorGrpc: 'collector.grpc-server.host-port',
  collectorHttp: 'collector.http-server.host-port',
  sampling: 'http-server.host-port',
  binary: 'processor.jaeger-binary.server-host-port',
  compact: 'processor.jaeger-compact.server-host-port',
  zipkin: 'processor.zipkin-compact.server-host-port',
};

/** Starts it; `endpoint` is what OTEL_EXPORTER_OTLP_ENDPOINT takes. */
export async function startJaeger() {
  const address = {};
  for (const name of Object.keys(listeners)) address[name] = `127.0.0.1:${await freePort()}`;
  const flags = Object.entries(listeners).map(([name, flag]) => `--${flag}=${address[name]}`);
  const child = spawn(jaeger(), [...flags, '--log-level=warn'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, SPAN_STORAGE_TYPE: 'memory' },
  });
  let said = '';
  child.stderr.on('data', (chunk) => (said = (said + chunk).slice(-4_000)));

  async function ask(path) {
    const response = await fetch(`http://${address.query}${path}`, { signal: AbortSignal.timeout(10_000) });
    if (response.status === 404) return [];
    if (!response.ok) throw new Error(`Jaeger answered ${path} with ${response.status}: ${await response.text()}`);
    return (await response.json()).data ?? [];
  }

  await until('Jaeger to answer', 20_000, async () => {
    if (child.exitCode !== null) throw new Error(`Jaeger ended with ${child.exitCode}:\n${said}`);
    return ask('/api/services').then(
      () => true,
      () => undefined,
    );
  });
  return {
    endpoint: `http://${address.otlp}`,
    /** The trace of that id as spans, or an empty list. */
    trace: async (id) => spansOf((await ask(`/api/traces/${id}`))[0]),
    /** Recent traces that a service has a span of that operation in, each as spans. */
    async find(service, operation) {
      const query = new URLSearchParams({ service, operation, lookback: '1h', limit: '50' });
      return (await ask(`/api/traces?${query}`)).map(spansOf);
    },
    operations: (service) => ask(`/api/services/${encodeURIComponent(service)}/operations`),
    services: () => ask('/api/services'),
    kill: () => child.kill('SIGKILL'),
  };
}

/** Spans as `{id, parent, traceId, service, instance, operation}`, in the order they began. */
function spansOf(trace) {
  if (trace === undefined) return [];
  const inOrder = trace.spans.toSorted((left, right) => left.startTime - right.startTime);
  return inOrder.map(({ spanID, traceID, references, operationName, processID }) => {
    const { serviceName, tags } = trace.processes[processID];
    return {
      id: spanID,
      parent: references.find(({ refType }) => refType === 'CHILD_OF')?.spanID,
      traceId: traceID,
      service: serviceName,
      instance: tags.find(({ key }) => key === 'service.instance.id')?.value,
      operation: operationName,
    };
  });
}

/** Whether `span` is `ancestor` or was caused by it. */
export function descendsFrom(spans, span, ancestor) {
  for (let each = span; each !== undefined; each = spans.find(({ id }) => id === each.parent))
    if (each === ancestor) return true;
  return false;
}
