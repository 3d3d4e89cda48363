export { DEFAULT_LISTENER_LIMITS, type ListenerLimits } from './listener-limits';
export { createZookeeperListener, type ZookeeperListener, type ZookeeperListenerOptions } from './zookeeper-listener';
export type { ClientSocket, PacketHandler, ZookeeperHandler } from './zookeeper-handler';
