import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { success } from '@milena/model';
import { createGrpcServer } from '@milena/rpc';
import { createRecordingLogger } from '@milena/platform/testing';
import { createTracing } from '@milena/telemetry';
import { buildSync } from 'esbuild';

const ROOT = join(__dirname, '..', '..', '..');
const EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';

describe('spans on their way to a collector', () => {
  // The exporters read the process's own environment.
  afterEach(() => {
    for (const name of Object.keys(process.env)) if (name.startsWith('OTEL_')) delete process.env[name];
  });

  function tracing(environment: Readonly<Record<string, string>>) {
    Object.assign(process.env, environment);
    const logger = createRecordingLogger();
    const { lines } = logger;
    return { lines, ...createTracing({ service: 'broker', nodeId: 3, environment: process.env, logger }) };
  }

  /** Makes a span and its child in a process of its own: the exporters over HTTP load modules in a way that jest cannot. */
  async function runTracingProgram(environment: Readonly<Record<string, string>>): Promise<void> {
    mkdirSync(join(ROOT, 'dist'), { recursive: true });
    const folder = mkdtempSync(join(ROOT, 'dist', 'trace-export-'));
    const contents = `
      import { createTracing } from '@milena/telemetry';
      import { silentLogger } from '@milena/platform';
      const options = { service: 'broker', nodeId: 3, environment: process.env, logger: silentLogger };
      const { tracer, stop } = createTracing(options);
      const parent = tracer.startSpan('parent');
      tracer.startSpan('child', { parent: parent.context }).end('NOT_CONTROLLER');
      parent.end();
      void stop();`;
    const outfile = join(folder, 'program.js');
    const conditions = ['@milena/source'];
    const stdin = { contents, resolveDir: __dirname, loader: 'ts' } as const;
    buildSync({ stdin, outfile, bundle: true, platform: 'node', external: ['pino'], conditions });
    const child = spawn(process.execPath, [outfile], { env: environment, stdio: 'inherit' });
    expect(await once(child, 'close')).toEqual([0, null]);
    rmSync(folder, { recursive: true });
  }

  it('go out over gRPC when the process ends', async () => {
    const server = createGrpcServer({ host: '127.0.0.1', port: 0 });
    const received: string[] = [];
    server.unary(EXPORT, (bytes) => {
      received.push(Buffer.from(bytes).toString('latin1'));
      return Promise.resolve(success(new Uint8Array()));
    });
    const { port } = await server.start();
    const { tracer, stop } = tracing({
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=test',
    });
    expect(tracer.isOn).toBe(true);
    tracer.startSpan('wait for replication').end();
    await stop();
    await server.stop();
    expect(received).toEqual([expect.stringMatching(/milena-broker[\s\S]*wait for replication/)]);
    expect(received[0]).toContain('deployment.environment');
  });

  it('go out over HTTP with the headers that were asked for, under the name that was given', async () => {
    const requests: { readonly request: IncomingMessage; readonly body: string }[] = [];
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        requests.push({ request, body: Buffer.concat(chunks).toString('latin1') });
        response.writeHead(200).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await runTracingProgram({
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}/here`,
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=secret',
      OTEL_SERVICE_NAME: 'mine',
    });
    server.close();
    expect(requests).toHaveLength(1);
    expect(requests[0]?.request).toMatchObject({ url: '/here', method: 'POST' });
    expect(requests[0]?.request.headers).toMatchObject({
      authorization: 'secret',
      'content-type': 'application/x-protobuf',
    });
    expect(requests[0]?.body).toMatch(/mine[\s\S]*child/);
  });

  it('are lost with one warning, and within bounds, when nobody takes them', async () => {
    const { tracer, stop, lines } = tracing({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' });
    for (let count = 0; count < 5_000; count++) tracer.startSpan('lost').end();
    const before = performance.now();
    await stop();
    expect(performance.now() - before).toBeLessThan(3_000);
    expect(lines.filter(({ message }) => message === 'traces cannot be exported').length).toBeLessThanOrEqual(1);
  });

  it('are not made of traces that the sampler leaves out', async () => {
    const { tracer, stop } = tracing({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
      OTEL_TRACES_SAMPLER: 'always_off',
    });
    expect(tracer.startSpan('unsampled').context?.traceparent).toMatch(/-00$/);
    await stop();
  });
});
