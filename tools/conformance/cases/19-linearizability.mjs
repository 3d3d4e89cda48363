import { setTimeout as delay } from 'node:timers/promises';
import { configKey, startRegisterClients, topicKey } from '../clients/register-clients.mjs';
import { milenaJson, startCluster } from '../cluster.mjs';
import { loadChecker } from '../linearizability.mjs';
import { expect, until } from '../process.mjs';

export const title =
  'a minute of admin writes and reads at two gateways while active controllers are killed and stopped is linearizable';
export const needs = [];

const clientsPerKey = 4;
const quietMs = 2_500;
const stoppedMs = 4_500;
const resumesWithinMs = 15_000;
/** What happens one after the other: about a minute. */
const faults = ['stop', 'kill', 'stop', 'gateway', 'kill', 'stop', 'kill'];
const knownPerKeyMin = 60;

const initial = '1000000';

async function strike(cluster, fault) {
  const active = await cluster.activeController();
  if (fault === 'gateway') {
    const [, gateway] = cluster.ids('gateway');
    await cluster.kill9('gateway', gateway);
    cluster.restart('gateway', gateway);
  } else if (fault === 'kill') {
    await cluster.kill9('controller', active);
    await delay(1_000);
    cluster.restart('controller', active);
  } else {
    cluster.signal('controller', active, 'SIGSTOP');
    try {
      await delay(stoppedMs);
    } finally {
      cluster.signal('controller', active, 'SIGCONT');
    }
  }
}

/** Lets clients loose on a cluster that is torn at; their histories, key by key. */
export async function historiesUnderFaults(cluster, { readConsistency }) {
  const gateways = cluster.ids('gateway').map((id) => cluster.listener('gateway', id, 'HTTP'));
  const address = ['--bootstrap-server', cluster.bootstrap];
  for (const topic of ['by-topic', 'by-config']) {
    const config = ['--config', `retention.ms=${initial}`];
    await milenaJson('topic', 'create', topic, '--partitions', '1', '--replication-factor', '1', ...config, ...address);
  }
  const keys = [
    topicKey('register-a', { readConsistency }),
    topicKey('register-b', { readConsistency }),
    configKey('by-topic', 'retention.ms', { initial, readConsistency, read: 'topic' }),
    configKey('by-config', 'retention.ms', { initial, readConsistency, read: 'config' }),
  ];
  const clients = startRegisterClients({ gateways, keys, clientsPerKey });
  for (const fault of faults) {
    await delay(quietMs);
    await strike(cluster, fault);
    const before = clients.known();
    await until(`clients to go on after: ${fault}`, resumesWithinMs, () => clients.known() > before + 10);
  }
  await delay(quietMs);
  return clients.stop();
}

export async function run(note) {
  const { checkLinearizable, ...models } = await loadChecker();
  const cluster = await startCluster({ controllers: 3, brokers: 1, gateways: 2 });
  try {
    const { histories, failures } = await historiesUnderFaults(cluster, {
      readConsistency: 'READ_CONSISTENCY_LINEARIZABLE',
    });
    for (const { key, operations } of histories) {
      const unknown = operations.filter(({ output }) => output === undefined).length;
      const reads = operations.filter(({ input }) => key.isRead(input)).length;
      const verdict = checkLinearizable(key.model(models), operations);
      note(
        `${key.name}: ${operations.length} operations, ${reads} of them reads, ${unknown} of unknown outcome: ${verdict}`,
      );
      expect(verdict === 'linearizable', `${key.name} is ${verdict}`);
      expect(
        operations.length - unknown >= knownPerKeyMin,
        `only ${operations.length - unknown} outcomes of ${key.name}`,
      );
    }
    note(
      `calls without an outcome: ${[...failures].map(([reason, count]) => `${count} ${reason}`).join(', ') || 'none'}`,
    );
  } catch (error) {
    error.message += `\n${cluster.recentLog()}`;
    throw error;
  } finally {
    await cluster.stop();
  }
}
