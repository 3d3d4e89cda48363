import { randomBytes } from 'node:crypto';
import { startCluster } from '../cluster.mjs';
import { adminCallers } from '../clients/admin-callers.mjs';
import { descendsFrom, startJaeger } from '../clients/jaeger.mjs';
import { produceLines } from '../clients/kcat.mjs';
import { expect, until } from '../process.mjs';

export const title =
  'a real Jaeger shows one trace of an admin call through every process it concerned, and one of a produce';
export const needs = ['kcat', 'grpcurl', 'jaeger'];

const topic = 'traced';
const exportedWithinMs = 20_000;
const [gatewayService, controllerService, brokerService, shimService] = [
  'milena-admin-gateway',
  'milena-controller-quorum',
  'milena-broker',
  'milena-zookeeper-shim',
];

const described = (spans) =>
  spans.map(({ service, instance, operation }) => `${service} ${instance}: ${operation}`).join('\n');

/** Polls until `missing(spans)` is empty; every span must then hang on the trace's beginning. */
async function complete(what, ask, missing) {
  let spans = [];
  await until(what, exportedWithinMs, async () => {
    spans = await ask();
    return missing(spans).length === 0 ? true : undefined;
  }).catch((error) => {
    error.message += `\nmissing: ${missing(spans).join(', ')}; Jaeger has:\n${described(spans)}`;
    throw error;
  });
  return spans;
}

/** What the trace of an admin write must have, and has not. */
function missingOfCreate(cluster, active) {
  const has = (spans, service, id, pattern) =>
    spans.some((span) => span.service === service && span.instance === `${id}` && pattern.test(span.operation));
  const [gateway] = cluster.ids('gateway');
  const wanted = [
    [gatewayService, gateway, /TopicService\/CreateTopic$/],
    ...[/\bdecide$/, /\bappend$/, /\bcommit$/].map((step) => [controllerService, active, step]),
    ...cluster.ids('broker').map((id) => [brokerService, id, /^metadata apply$/]),
    ...cluster.ids('zookeeper').map((id) => [shimService, id, /^metadata apply$/]),
    [gatewayService, gateway, /^metadata apply$/],
  ];
  return (spans) =>
    wanted
      .filter(([service, id, pattern]) => !has(spans, service, id, pattern))
      .map(([service, id, pattern]) => `${service} ${id} ${pattern}`);
}

async function createTrace(cluster, jaeger, note) {
  const active = await cluster.activeController();
  const [gateway] = cluster.ids('gateway');
  const grpc = cluster.listener('gateway', gateway, 'GRPC');
  const traceId = randomBytes(16).toString('hex');
  const parent = randomBytes(8).toString('hex');
  const call = adminCallers.grpcurl({ grpc, headers: [`traceparent: 00-${traceId}-${parent}-01`] });
  await call('TopicService/CreateTopic', {
    topic: { name: `topics/${topic}`, partitionCount: 1, replicationFactor: 3 },
  });
  const missing = missingOfCreate(cluster, active);
  const spans = await complete('the trace of CreateTopic', () => jaeger.trace(traceId), missing);
  const first = spans.find(
    ({ service, operation }) => service === gatewayService && /TopicService\/CreateTopic$/.test(operation),
  );
  for (const span of spans)
    expect(descendsFrom(spans, span, first), `${described([span])} hangs on nothing in:\n${described(spans)}`);
  const found = await jaeger.find(gatewayService, first.operation);
  expect(
    found.some(([span]) => span?.traceId === spans[0].traceId),
    'a search by service and operation finds it not',
  );
  note(
    `CreateTopic: ${spans.length} spans of ${new Set(spans.map(({ service, instance }) => service + instance)).size} processes`,
  );
}

async function produceTrace(cluster, jaeger, note) {
  await produceLines(cluster.bootstrap, topic, (stdin) => stdin.end('record\n'));
  const steps = ['append', 'wait for replication'];
  const missing = (spans) => {
    const handle = spans.find(({ operation }) => operation === 'kafka Produce');
    const below = spans.filter((span) => handle !== undefined && descendsFrom(spans, span, handle));
    return steps.filter(
      (step) => !below.some(({ operation, service }) => operation === step && service === brokerService),
    );
  };
  const ask = async () => {
    const traces = await jaeger.find(brokerService, 'kafka Produce');
    return traces.find((spans) => missing(spans).length === 0) ?? traces[0] ?? [];
  };
  const spans = await complete('the trace of a produce', ask, missing);
  note(`produce: ${spans.map(({ operation }) => operation).join(' > ')}`);
}

export async function run(note) {
  const jaeger = await startJaeger();
  let cluster;
  try {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: jaeger.endpoint, OTEL_BSP_SCHEDULE_DELAY: '500' };
    cluster = await startCluster({ gateways: 1, shims: 2, env });
    await createTrace(cluster, jaeger, note);
    await produceTrace(cluster, jaeger, note);
    const operations = await jaeger.operations(brokerService);
    const idle = operations.filter((operation) => /heartbeat|fetch/i.test(operation));
    expect(idle.length === 0, `idle polls and heartbeats make spans: ${idle}`);
  } catch (error) {
    error.message += `\n${cluster?.recentLog() ?? ''}`;
    throw error;
  } finally {
    await cluster?.stop();
    jaeger.kill();
  }
}
