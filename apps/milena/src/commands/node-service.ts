import { createBrokerProcess } from '@milena/broker-process';
import { createControllerProcess } from '@milena/controller-process';
import { createGatewayProcess } from '@milena/gateway-process';
import { createNodePlatform } from '@milena/platform-node';
import { createObserverNode, type ServiceNode, type ServiceParts } from '@milena/service-process';
import type { Service } from '@milena/telemetry';
import { createZookeeperProcess } from '@milena/zookeeper-process';

/** What starts first, and stops last, in a node: its metadata log, by itself or as part of its controller. */
interface NodeBase {
  readonly node: ServiceNode;
  readonly controller: Service | undefined;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * The roles of a configuration as one service under one node id: one metadata log, of which a controller is a voter and
 * everybody else a reader. Gateway and shim listen at once; the broker follows when its logs are recovered.
 */
export function createNodeService(parts: ServiceParts): Service {
  const { roles } = parts.config;
  const base = createNodeBase(parts);
  const shared = { ...parts, node: base.node };
  const broker = roles.broker ? createBrokerProcess(shared) : undefined;
  const askers = [
    ...(roles.gateway ? [createGatewayProcess(shared)] : []),
    ...(roles.zookeeper ? [createZookeeperProcess(shared)] : []),
  ];
  const services: readonly Service[] = [base.controller, broker, ...askers].filter((each) => each !== undefined);
  let isStopping = false;
  return {
    isReady: () => services.every((service) => service.isReady()),
    whyNotReady: () => services.find((service) => !service.isReady())?.whyNotReady?.(),
    async start() {
      // A broker's lock on the folder covers the metadata log in it.
      await broker?.open();
      await Promise.all(askers.map((service) => service.start()));
      if (isStopping) return;
      await base.start();
      await broker?.start();
    },
    async stop() {
      isStopping = true;
      await Promise.all(askers.map((service) => service.stop()));
      await broker?.stop();
      await base.stop();
    },
  };
}

function createNodeBase(parts: ServiceParts): NodeBase {
  const { config, outputs, onFatal } = parts;
  if (config.roles.controller) {
    const isFolderLocked = config.roles.broker && config.dataFolder === config.metadataFolder;
    const controller = createControllerProcess({ ...parts, isFolderLocked });
    return { node: controller.node, controller, start: () => controller.start(), stop: () => controller.stop() };
  }
  const node = createObserverNode({ config, platform: createNodePlatform(outputs), onFatal });
  const { metadataLog } = node;
  let starting: Promise<void> | undefined;
  return {
    node,
    controller: undefined,
    async start() {
      // Where the folder is new this lasts until the quorum has told which cluster it is; only a broker must wait for it.
      starting = metadataLog.start();
      if (config.roles.broker) await starting;
      else starting.catch(onFatal);
    },
    async stop() {
      await metadataLog.stop();
      await starting?.catch(() => undefined);
    },
  };
}
