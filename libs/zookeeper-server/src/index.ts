export type { ClientChannel, ClientConnection } from './client-channel';
export { createZookeeperServer, type ZookeeperServer, type ZookeeperServerOptions } from './zookeeper-server';
export { DEFAULT_WATCH_LIMITS, type SessionPasswords, type ZookeeperSettings } from './zookeeper-settings';
