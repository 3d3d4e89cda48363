import { createServer, type AddressInfo, type Server } from 'node:net';
import { loadConfig, type NodeConfig } from '@milena/config';
import { createServiceTelemetry, type Service } from '@milena/telemetry';
import { createMonitoredService, type ServiceParts } from '../src/index';

describe('createMonitoredService', () => {
  const running: Service[] = [];
  let taken: Server;
  let takenPort: number;
  let ready: boolean;
  beforeEach(async () => {
    ready = false;
    taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    takenPort = (taken.address() as AddressInfo).port;
  });
  afterEach(async () => {
    for (const service of running.splice(0)) await service.stop();
    taken.close();
  });

  function configOf(port: number, role: string): NodeConfig {
    const overrides = [
      `process.roles=${role}`,
      'node.id=7',
      'controller.listener.names=CONTROLLER',
      'controller.quorum.bootstrap.servers=127.0.0.1:1',
      `monitor.listeners=HTTP://127.0.0.1:${port}`,
    ];
    const loaded = loadConfig({ environment: {}, hostname: 'h', overrides });
    if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
    return loaded.config;
  }

  function create(config: NodeConfig, events: string[] = [], seen: ServiceParts[] = []): Service {
    const telemetry = createServiceTelemetry({
      service: 'test',
      nodeId: 7,
      pretty: false,
      environment: { MILENA_LOG_LEVEL: 'error' },
    });
    const service = createMonitoredService({
      config,
      telemetry,
      onFatal: (error) => {
        throw error;
      },
      create: (parts) => {
        seen.push(parts);
        return {
          start: () => Promise.resolve(void events.push('started')),
          stop: () => Promise.resolve(void events.push('stopped')),
          isReady: () => ready,
          whyNotReady: () => 'it waits for the test',
        };
      },
    });
    running.push(service);
    return service;
  }

  async function freePort(): Promise<number> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }

  it('shows readiness and metrics of the service it wraps', async () => {
    const port = await freePort();
    const seen: ServiceParts[] = [];
    await create(configOf(port, 'zookeeper'), [], seen).start();
    seen[0]?.outputs.meter.counter('milena_test_total', 'A test.').add(1);
    const page = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text();
    expect(await page('/readyz')).toBe('it waits for the test\n');
    ready = true;
    expect(await page('/readyz')).toBe('ready\n');
    expect(await page('/metrics')).toContain('\nmilena_test_total 1\n');
  });

  it('does not start on a monitor port that was asked for and is taken', async () => {
    const events: string[] = [];
    const expected = `monitor.listeners: 127.0.0.1:${takenPort} is taken by another process`;
    await expect(create(configOf(takenPort, 'zookeeper'), events).start()).rejects.toThrow(expected);
    expect(events).toEqual([]);
  });

  it('neither starts nor listens any more when it is stopped while its monitor opens', async () => {
    const port = await freePort();
    const events: string[] = [];
    const service = create(configOf(port, 'zookeeper'), events);
    const starting = service.start();
    await service.stop();
    await starting;
    expect(events).toEqual(['stopped']);
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
  });

  it('starts without a monitor when only its default port is taken', async () => {
    const config = configOf(takenPort, 'zookeeper');
    const server = Object.assign(Object.create(config.server) as typeof config.server, { isGiven: () => false });
    const events: string[] = [];
    await create({ ...config, server }, events).start();
    expect(events).toEqual(['started']);
  });
});
