import { banner } from './banner';
import type { DevRole } from './dev-kinds';
import { readyLine, type DevProcess } from './ready-line';

function processOf(role: DevRole, id: number, listeners: Readonly<Record<string, string>>): DevProcess {
  const node = { role, id, folder: '/data', configFile: '/data/x.properties', listeners };
  return { ...node, pid: 42, argv: ['node', 'main.js'], cwd: '/' } as unknown as DevProcess;
}

const PROCESSES = [
  processOf('controller', 101, { CONTROLLER: '127.0.0.1:9093', monitor: '127.0.0.1:9405' }),
  processOf('broker', 1, { PLAINTEXT: '127.0.0.1:9092', INTERNAL: '127.0.0.1:9094', monitor: '127.0.0.1:9404' }),
  processOf('broker', 2, { PLAINTEXT: '127.0.0.1:9192', INTERNAL: '127.0.0.1:9194', monitor: '127.0.0.1:9504' }),
  processOf('gateway', 201, { GRPC: '127.0.0.1:9644', HTTP: '127.0.0.1:8080' }),
  processOf('zookeeper', 301, { ZOOKEEPER: '127.0.0.1:2181', GRPC: '127.0.0.1:9095', monitor: '127.0.0.1:9407' }),
];
const FACTS = { data: '/data', milena: 'milena', readyAfterMs: 499.6, demo: false };

describe('the ready line', () => {
  it('says where clients of each kind connect, and where every process is monitored', () => {
    const line = readyLine(PROCESSES);
    expect(line.endsWith('}\n')).toBe(true);
    expect(JSON.parse(line)).toMatchObject({
      ready: true,
      bootstrap: '127.0.0.1:9092,127.0.0.1:9192',
      admin: '127.0.0.1:9644',
      http: '127.0.0.1:8080',
      zookeeper: '127.0.0.1:2181',
      processes: [9405, 9404, 9504, 8080, 9407].map((port) => ({
        pid: 42,
        listeners: { monitor: `127.0.0.1:${port}` },
      })),
    });
  });
});

describe('the banner', () => {
  it('gives lines to paste that name an address only where a command would not find it', () => {
    const text = banner(PROCESSES, FACTS);
    expect(text).toContain('ready after 500 ms');
    expect(text).toContain('\n  milena topic create quickstart-events --partitions 3\n');
    expect(text).toContain('\n  grpcurl -plaintext 127.0.0.1:9644 list\n');
    expect(text).toContain('\n  zkCli.sh -server 127.0.0.1:2181 ls /brokers/ids\n');
    expect(text).toContain(' http://127.0.0.1:8080/milena.admin.v1.TopicService/ListTopics\n');
    const elsewhere = [processOf('broker', 1, { PLAINTEXT: '127.0.0.1:1234' }), ...PROCESSES.slice(3)];
    expect(banner(elsewhere, FACTS)).toContain('--partitions 3 --bootstrap-server 127.0.0.1:1234\n');
  });

  it('leaves out what nobody serves, and says what the demo does', () => {
    const plain = banner(PROCESSES.slice(0, 3), FACTS);
    for (const word of ['grpcurl', 'zkCli', 'curl', 'demo']) expect(plain).not.toContain(word);
    expect(banner(PROCESSES, { ...FACTS, demo: true })).toContain('demo-analytics (lags on purpose); ends with this');
  });
});
