import { createBrokerProcess } from '@milena/broker-process';
import { createControllerProcess } from '@milena/controller-process';
import { createMonitoredService, type CreateService } from '@milena/service-process';
import { createServiceTelemetry } from '@milena/telemetry';
import type { DevCluster } from './dev-cluster';
import { devKind, STOP_ORDER } from './dev-kinds';
import type { DevNode } from './dev-node';

/** Runs every node in this process, with gRPC between them over loopback as between processes. */
export function startLocalCluster(nodes: readonly DevNode[], environment: NodeJS.ProcessEnv): DevCluster {
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => (fail = reject));
  failed.catch(() => undefined);

  const services = nodes.map(({ role, id, config }) => {
    const service = devKind(role).app;
    const telemetry = createServiceTelemetry({ service, nodeId: id, pretty: false, environment });
    const create: CreateService = role === 'broker' ? createBrokerProcess : createControllerProcess;
    return { role, running: createMonitoredService({ config, telemetry, create, onFatal: endOnFatal }) };
  });
  for (const { running } of services) running.start().catch(fail);

  async function stop(): Promise<void> {
    for (const roles of STOP_ORDER) {
      const together = services.filter(({ role }) => roles.includes(role));
      await Promise.all(together.map(({ running }) => running.stop()));
    }
  }

  const argv = [process.execPath, ...process.argv.slice(1)];
  const processes = nodes.map((node) => ({ ...node, pid: process.pid, argv, cwd: process.cwd() }));
  return { processes, failed, stop };
}

/** Outside of any promise, so that it ends the process as an exception caught by nobody. */
function endOnFatal(error: unknown): void {
  process.nextTick(() => {
    throw error;
  });
}
