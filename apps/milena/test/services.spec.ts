import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildBundles, bundle, run, Running, startDev } from './dev-process';
import { until } from './until';

jest.setTimeout(60_000);

describe('the command line and the services, as built', () => {
  let folder: string;
  beforeAll(buildBundles);
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'milena-services-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('runs a cluster in one process that a topic can be created in at once, and stops with code 0', async () => {
    const { dev, ready } = await startDev(folder);
    const [controller, broker, gateway, shim] = ready.processes;
    expect(ready).toMatchObject({
      ready: true,
      processes: [
        { role: 'controller', id: 101 },
        { role: 'broker', id: 1 },
        { role: 'gateway', id: 201 },
        { role: 'zookeeper', id: 301 },
      ],
    });
    expect(ready).toMatchObject({
      bootstrap: broker?.listeners['PLAINTEXT'],
      admin: gateway?.listeners['GRPC'],
      http: gateway?.listeners['HTTP'],
      zookeeper: shim?.listeners['ZOOKEEPER'],
    });
    expect(new Set(ready.processes.map(({ pid }) => pid))).toEqual(new Set([dev.child.pid]));
    for (const { listeners } of ready.processes) {
      expect((await fetch(`http://${listeners['monitor']}/readyz`)).status).toBe(200);
    }

    const address = ['--bootstrap-server', ready.bootstrap, '-o', 'json'];
    const created = await run('milena', 'topic', 'create', 'orders', '--partitions', '3', ...address);
    expect(JSON.parse(created.stdout)).toMatchObject({ name: 'orders', partitions: 3, replicationFactor: 1 });
    const again = await run('milena', 'topic', 'create', 'orders', ...address);
    expect(again).toMatchObject({ code: 1, stdout: '' });
    expect(again.stderr).toContain('topic orders: TOPIC_ALREADY_EXISTS');
    const missing = await run('milena', 'topic', 'describe', 'nothing', ...address);
    expect(missing).toMatchObject({ code: 3, stdout: '' });
    const quorum = await run(
      'milena',
      'quorum',
      'describe',
      '--bootstrap-controller',
      controller!.listeners['CONTROLLER']!,
      '-o',
      'json',
    );
    expect(JSON.parse(quorum.stdout)).toMatchObject({ leaderId: 101, voters: [{ id: 101, lag: 0 }] });

    expect(await dev.stop()).toBe(0);
    expect(dev.stdout.split('\n')).toHaveLength(2);
    const dump = await run('milena', 'metadata', 'dump', join(folder, 'controller-101'), '-o', 'json');
    const types = dump.stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { type: string }).type);
    expect(types).toEqual(expect.arrayContaining(['leader-change', 'voters', 'RegisterBrokerRecord', 'TopicRecord']));
  });

  it('runs each service as a process that its argv starts again', async () => {
    const { dev, ready } = await startDev(folder, '--brokers', '2', '--set', 'default.replication.factor=2');
    expect(new Set([dev.child.pid, ...ready.processes.map(({ pid }) => pid)]).size).toBe(6);
    const address = ['--bootstrap-server', ready.bootstrap, '-o', 'json'];
    const created = await run('milena', 'topic', 'create', 'orders', ...address);
    expect(JSON.parse(created.stdout)).toMatchObject({ replicationFactor: 2 });

    const broker = ready.processes.find(({ role, id }) => role === 'broker' && id === 2)!;
    process.kill(broker.pid, 'SIGKILL');
    await until(() => dev.stderr.includes('broker 2'));
    expect(dev.stderr).toContain(
      `broker 2 (pid ${broker.pid}) ended (SIGKILL); start it again with: ${broker.argv[0]}`,
    );
    const restarted = Running.start(broker.argv);
    await until(() => restarted.stderr.includes('"broker serves"'));
    expect(await restarted.stop()).toBe(0);
    expect(await dev.stop()).toBe(0);
  });

  it.each(['controller-quorum', 'broker'])('%s names a bad key in one line and ends with code 2', async (app) => {
    const role = app === 'broker' ? 'broker' : 'controller';
    const file = join(folder, 'server.properties');
    const good = `process.roles=${role}\nnode.id=1\ncontroller.listener.names=CONTROLLER\ncontroller.quorum.bootstrap.servers=localhost:1\n`;
    const outcomes = [];
    for (const content of [`${good}log.segmnt.bytes=1\n`, good.replace('=1', '=one'), good.replace('node.id=1', '')]) {
      writeFileSync(file, content);
      outcomes.push(await run(app, '--config', file));
    }
    expect(outcomes).toEqual([
      {
        code: 2,
        stdout: '',
        stderr: `${app}: ${file}:5: log.segmnt.bytes: unknown key, did you mean log.segment.bytes?\n`,
      },
      { code: 2, stdout: '', stderr: `${app}: ${file}:2: node.id: must be an integer of 0 or more (got "one")\n` },
      { code: 2, stdout: '', stderr: `${app}: node.id: is required and not set\n` },
    ]);
  });

  it('says in one line what is wrong with a command', async () => {
    const outcome = async (...args: readonly string[]) => {
      const { code, stdout, stderr } = await run('milena', ...args);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      return stderr;
    };
    expect(await outcome('topic', 'lst')).toBe(
      "milena: unknown command 'lst', did you mean list? --help shows what is possible\n",
    );
    expect(await outcome('topic', 'list', '-o', 'xml')).toBe(
      "milena: option '-o, --output <format>' argument 'xml' is invalid. Allowed choices are table, json, yaml, ndjson; --help shows what is possible\n",
    );
    expect(await outcome('topic', 'list', '-b', 'nowhere')).toBe(
      'milena: --bootstrap-server nowhere: must be host:port,...\n',
    );
    const refused = await run('milena', 'topic', 'list', '-b', '127.0.0.1:1');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/^milena: cannot connect to broker .* --bootstrap-server says where one is\n$/);
  });

  it('refuses a folder that was not formatted, with the command to run', async () => {
    const file = join(folder, 'server.properties');
    const content = `process.roles=broker\nnode.id=1\ncontroller.listener.names=CONTROLLER\ncontroller.quorum.bootstrap.servers=localhost:1\nlog.dirs=${folder}/data\n`;
    writeFileSync(file, content);
    const stderr = `broker: log folder ${folder}/data is not formatted; run milena storage format --cluster-id <id> --config ${file}\n`;
    expect(await run('broker', '--config', file)).toEqual({ code: 1, stdout: '', stderr });
    const format = ['storage', 'format', '--config', file, '--cluster-id', '5L6g3nShT-eMCtK--X86sw'];
    expect(await run('milena', ...format)).toMatchObject({ code: 0 });
    expect(await run('milena', ...format)).toMatchObject({ code: 1, stdout: '' });
    const info = await run('milena', 'storage', 'info', '--config', file, '-o', 'json');
    expect(JSON.parse(info.stdout)).toMatchObject({ clusterId: '5L6g3nShT-eMCtK--X86sw', nodeId: 1 });
  });

  it('starts a node of all roles from one file', async () => {
    const { dev, ready } = await startDev(folder); // for free ports
    await dev.stop();
    const [controller, broker] = ready.processes;
    const file = join(folder, 'server.properties');
    const lines = [
      'process.roles=broker,controller,gateway,zookeeper',
      'node.id=7',
      'controller.listener.names=CONTROLLER',
      `controller.quorum.voters=7@${controller!.listeners['CONTROLLER']}`,
      `listeners=PLAINTEXT://${ready.bootstrap},INTERNAL://${broker!.listeners['INTERNAL']},CONTROLLER://${controller!.listeners['CONTROLLER']}`,
      `admin.listeners=GRPC://${ready.admin},HTTP://${ready.http}`,
      `zookeeper.listeners=ZOOKEEPER://${ready.zookeeper},GRPC://${ready.processes[3]!.listeners['GRPC']}`,
      `log.dirs=${folder}/combined`,
    ];
    writeFileSync(file, lines.join('\n'));
    await run('milena', 'storage', 'format', '--config', file, '--cluster-id', '5L6g3nShT-eMCtK--X86sw');
    const server = Running.start([process.execPath, bundle('milena'), 'server', '--config', file]);
    await until(() => isReady(ready.http));
    const created = await run('milena', 'topic', 'create', 'a', '-b', ready.bootstrap, '-o', 'json');
    expect(JSON.parse(created.stdout)).toMatchObject({ name: 'a' });
    const listTopics = `http://${ready.http}/milena.admin.v1.TopicService/ListTopics`;
    const headers = { 'content-type': 'application/json' };
    const listed = await fetch(listTopics, { method: 'POST', headers, body: '{}' });
    expect(await listed.json()).toMatchObject({ topics: [{ name: 'topics/a' }] });
    expect(await server.stop()).toBe(0);
  });
});

/** Whether `/readyz` of a monitor address says yes. */
async function isReady(address: string): Promise<boolean> {
  return fetch(`http://${address}/readyz`).then(
    ({ status }) => status === 200,
    () => false,
  );
}
