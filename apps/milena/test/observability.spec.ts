import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildBundles, bundle, ROOT, Running, type ReadyLine } from './dev-process';
import { OtlpReceiver, type ReceivedSpan } from './otlp-receiver';
import { parsePrometheusText } from './prometheus-text';

jest.setTimeout(60_000);

const EVERYWHERE = [
  'process_cpu_seconds_total',
  'process_open_fds',
  'process_resident_memory_bytes',
  'nodejs_eventloop_lag_p99_seconds',
  'nodejs_heap_size_used_bytes',
  'kafka_server_raftmetrics_current_leader',
  'kafka_server_raftmetrics_high_watermark',
];
const BROKER = [
  'kafka_server_brokertopicmetrics_bytesin_total',
  'kafka_server_brokertopicmetrics_bytesout_total',
  'kafka_server_brokertopicmetrics_totalfetchrequests_total',
  'kafka_server_brokertopicmetrics_totalproducerequests_total',
  'kafka_server_replicamanager_partitioncount',
  'kafka_server_replicamanager_underreplicatedpartitions',
  'kafka_server_replicamanager_underminisrpartitioncount',
  'kafka_server_replicamanager_offlinereplicacount',
  'kafka_server_socket_server_metrics_connection_count',
  'kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent',
  'kafka_network_socketserver_networkprocessoravgidle_percent',
  'kafka_network_requestmetrics_requests_total',
  'kafka_log_log_size',
  'kafka_log_logmanager_offlinelogdirectorycount',
  'kafka_cluster_partition_replicascount',
  'kafka_cluster_partition_atminisr',
  'kafka_cluster_partition_underminisr',
  'kafka_topic_partition_oldest_offset',
  'kafka_topic_partition_leader_is_preferred',
];
const CONTROLLER = [
  'kafka_controller_kafkacontroller_offlinepartitionscount',
  'kafka_controller_kafkacontroller_globaltopiccount',
  'kafka_controller_controllerstats_uncleanleaderelections_total',
  'kafka_broker_info',
  'kafka_server_raftmetrics_current_vote',
  'kafka_server_raftmetrics_append_records_rate',
  'kafka_server_raftmetrics_fetch_records_rate',
  'kafka_server_raftmetrics_commit_latency_avg',
];

describe('what separate processes tell of themselves', () => {
  let folder: string;
  let receiver: OtlpReceiver;
  let dev: Running;
  let ready: ReadyLine;
  beforeAll(async () => {
    buildBundles();
    folder = mkdtempSync(join(tmpdir(), 'milena-observability-'));
    receiver = await OtlpReceiver.start();
    const argv = [bundle('milena'), 'dev', '--json', '--any-port', '--data', folder, '--brokers', '2'];
    const env = { ...process.env, ...receiver.environment };
    dev = new Running(spawn(process.execPath, argv, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] }));
    ready = JSON.parse(await dev.firstLine()) as ReadyLine;
  });
  afterAll(async () => {
    expect(await dev.stop()).toBe(0);
    receiver.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  type Role = ReadyLine['processes'][number]['role'];
  const nodes = (role: Role) => ready.processes.filter((each) => each.role === role);

  async function scrape(monitor: string | undefined) {
    const response = await fetch(`http://${monitor}/metrics`);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    return parsePrometheusText(await response.text());
  }

  async function createTopic(name: string): Promise<void> {
    const response = await fetch(`http://${ready.http}/milena.admin.v1.TopicService/CreateTopic`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ topic: { name: `topics/${name}`, partitionCount: 1, replicationFactor: 2 } }),
    });
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining(name)]);
  }

  /** Produces one record with acks=all; the exit code. */
  async function produce(topic: string): Promise<number | null> {
    const argv = [bundle('milena'), 'produce', topic, '--bootstrap-server', ready.bootstrap];
    const child = spawn(process.execPath, argv, { cwd: ROOT, stdio: ['pipe', 'ignore', 'inherit'] });
    child.stdin.end('hello\n');
    const [code] = (await once(child, 'close')) as [number | null];
    return code;
  }

  it('follows a call from the gateway to the controller and on to everybody who applies it', async () => {
    await createTopic('traced');
    const call = await receiver.span(({ name }) => name === 'milena.admin.v1.TopicService/CreateTopic');
    const inTrace = (service: string, name: string, instance?: string) => (span: ReceivedSpan) =>
      span.traceId === call.traceId &&
      span.service === service &&
      span.name === name &&
      (instance === undefined || span.instance === instance);
    expect(call).toMatchObject({ service: 'milena-admin-gateway', instance: '201' });
    const rpc = 'milena.controller.v1.ControllerService/CreateTopics';
    for (const step of ['controller.decide', 'controller.append', 'controller.commit']) {
      const span = await receiver.span(inTrace('milena-controller-quorum', step));
      expect(receiver.ancestors(span)).toEqual([rpc, rpc, call.name]);
    }
    for (const [service, instance] of [
      ['milena-broker', '1'],
      ['milena-broker', '2'],
      ['milena-zookeeper-shim', '301'],
      ['milena-admin-gateway', '201'],
    ] as const) {
      const apply = await receiver.span(inTrace(service, 'metadata apply', instance));
      expect(receiver.ancestors(apply)).toEqual(['controller.append', rpc, rpc, call.name]);
    }
  });

  it('shows what a produce with acks=all waited for', async () => {
    await createTopic('produced');
    expect(await produce('produced')).toBe(0);
    const wait = await receiver.span(({ name }) => name === 'wait for replication');
    const append = await receiver.span(({ name, traceId }) => name === 'append' && traceId === wait.traceId);
    expect([wait, append].map((span) => receiver.ancestors(span))).toEqual([['kafka Produce'], ['kafka Produce']]);
    expect(receiver.spans.filter(({ name }) => /Fetch|Heartbeat|Vote/.test(name))).toEqual([]);
  });

  it('offers metrics of every process in the strict text format, under the names that dashboards read', async () => {
    await createTopic('measured');
    expect(await produce('measured')).toBe(0);
    const controller = await scrape(nodes('controller')[0]?.listeners['monitor']);
    const brokers = await Promise.all(nodes('broker').map(({ listeners }) => scrape(listeners['monitor'])));
    const others = await Promise.all([scrape(nodes('zookeeper')[0]?.listeners['monitor']), scrape(ready.http)]);
    for (const scraped of [controller, ...brokers, ...others]) {
      for (const name of EVERYWHERE) expect([name, scraped.has(name)]).toEqual([name, true]);
    }
    const documented = readFileSync(join(ROOT, 'docs', 'metrics.md'), 'utf8');
    for (const name of [controller, ...brokers, ...others].flatMap((scraped) => [...scraped.keys()])) {
      if (!/^(?:process|nodejs)_/.test(name)) expect(documented).toContain(`\`${name}\``);
    }
    for (const name of BROKER) expect([name, brokers[0]?.has(name)]).toEqual([name, true]);
    for (const name of CONTROLLER) expect([name, controller.has(name)]).toEqual([name, true]);

    const sum = (name: string, labels: Readonly<Record<string, string>> = {}) =>
      brokers
        .flatMap((scraped) => scraped.get(name)?.series ?? [])
        .filter(
          (series) =>
            series.name === name && Object.entries(labels).every(([key, text]) => series.labels[key] === text),
        )
        .reduce((total, { value }) => total + value, 0);
    const ofTopic = { topic: 'measured' };
    expect(sum('kafka_server_brokertopicmetrics_messagesin_total', ofTopic)).toBe(1);
    expect(sum('kafka_topic_partitions', ofTopic)).toBe(1);
    expect(sum('kafka_topic_partition_current_offset', ofTopic)).toBe(1);
    expect(sum('kafka_topic_partition_in_sync_replica', ofTopic)).toBe(2);
    expect(sum('kafka_server_replicamanager_leadercount')).toBeGreaterThanOrEqual(1);
    const requests = brokers.flatMap((each) => each.get('kafka_network_requestmetrics_totaltimems')?.series ?? []);
    expect(requests).toContainEqual({
      name: 'kafka_network_requestmetrics_totaltimems',
      labels: { request: 'Produce', quantile: '0.99' },
      value: expect.any(Number) as number,
    });
    const value = (name: string) => controller.get(name)?.series[0]?.value;
    expect(value('kafka_controller_kafkacontroller_activecontrollercount')).toBe(1);
    expect(value('kafka_brokers')).toBe(2);
    expect(controller.get('kafka_server_raftmetrics_current_state')?.series).toMatchObject([
      { labels: { current_state: 'leader' }, value: 1 },
    ]);
  });
});
