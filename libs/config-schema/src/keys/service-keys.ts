import type { KeyTable } from '../key-definition';

/** Where the services beside Kafka's own listen. */
export const SERVICE_KEYS = {
  'admin.listeners': {
    type: 'list',
    default: 'GRPC://localhost:9644,HTTP://localhost:8080',
    scope: 'gateway',
    update: 'read-only',
    doc: 'Where the admin gateway listens: GRPC for the admin API, HTTP for the same as JSON and for /metrics, /healthz and /readyz.',
    differs: 'Not a Kafka key.',
  },
  'zookeeper.listeners': {
    type: 'list',
    default: 'ZOOKEEPER://localhost:2181,GRPC://localhost:9095',
    scope: 'zookeeper',
    update: 'read-only',
    doc: 'Where the ZooKeeper shim listens: ZOOKEEPER for ZooKeeper clients, GRPC for health checks.',
    differs: 'Not a Kafka key.',
  },
  'monitor.listeners': {
    type: 'list',
    default: 'HTTP://localhost:9404',
    scope: 'all',
    update: 'read-only',
    doc: 'Where /metrics, /healthz and /readyz are served; empty for nowhere. The default gives way, with a warning, when its port is taken, and to the HTTP listener of a gateway in the same process.',
    differs: 'Not a Kafka key; it takes the place of JMX.',
  },
} as const satisfies KeyTable;
