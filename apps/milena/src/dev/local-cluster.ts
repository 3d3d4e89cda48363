import { createBrokerProcess } from '@milena/broker-process';
import { createControllerProcess } from '@milena/controller-process';
import { unreachable } from '@milena/model';
import { createMonitoredService, type CreateService } from '@milena/service-process';
import { createServiceTelemetry, type Service } from '@milena/telemetry';
import type { DevCluster } from './dev-cluster';
import { devKind, STOP_ORDER, type DevRole } from './dev-kinds';
import type { DevNode } from './dev-node';

interface Running {
  readonly role: DevRole;
  readonly id: number;
  readonly service: Service;
}

/**
 * Runs every node in this process, with gRPC between them over loopback as between processes. What a cluster is made of
 * starts first; the code of gateway and shim is loaded while the quorum elects.
 */
export function startLocalCluster(nodes: readonly DevNode[], environment: NodeJS.ProcessEnv): DevCluster {
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => (fail = reject));
  failed.catch(() => undefined);
  let isStopping = false;
  const running: Running[] = [];

  async function run(node: DevNode): Promise<void> {
    const create = await creatorOf(node.role);
    if (isStopping) return;
    const { role, id, config } = node;
    const telemetry = createServiceTelemetry({ service: devKind(role).app, nodeId: id, pretty: false, environment });
    const service = createMonitoredService({ config, telemetry, create, onFatal: endOnFatal });
    running.push({ role, id, service });
    await service.start();
  }

  async function stop(): Promise<void> {
    isStopping = true;
    for (const roles of STOP_ORDER) {
      const together = running.filter(({ role }) => roles.includes(role));
      await Promise.all(together.map(({ service }) => service.stop()));
    }
  }

  for (const node of nodes) run(node).catch(fail);
  const argv = [process.execPath, ...process.argv.slice(1)];
  const processes = nodes.map((node) => ({ ...node, pid: process.pid, argv, cwd: process.cwd() }));
  const isReady = (id: number) => running.find((each) => each.id === id)?.service.isReady() === true;
  const probe = ({ id }: DevNode) => ({ isReady: () => Promise.resolve(isReady(id)), close: () => undefined });
  return { processes, failed, probe, stop };
}

async function creatorOf(role: DevRole): Promise<CreateService> {
  switch (role) {
    case 'controller':
      return createControllerProcess;
    case 'broker':
      return createBrokerProcess;
    case 'gateway':
      return (await import('@milena/gateway-process')).createGatewayProcess;
    case 'zookeeper':
      return (await import('@milena/zookeeper-process')).createZookeeperProcess;
    default:
      return unreachable(role);
  }
}

/** Outside of any promise, so that it ends the process as an exception caught by nobody. */
function endOnFatal(error: unknown): void {
  process.nextTick(() => {
    throw error;
  });
}
