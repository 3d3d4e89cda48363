import type { KeyTable } from '../key-definition';

const differs = "ZooKeeper's key of zoo.cfg, under a prefix.";

/** What the ZooKeeper shim allows its clients; the names in the texts are those of ZooKeeper's own configuration. */
export const ZOOKEEPER_KEYS = {
  'zookeeper.tick.time.ms': {
    type: 'int',
    default: '2000',
    min: 100,
    max: 100_000_000,
    unit: 'milliseconds',
    scope: 'zookeeper',
    update: 'read-only',
    doc: 'The unit of ZooKeeper times (tickTime): session timeouts are 2 to 20 ticks unless said otherwise.',
    differs,
  },
  'zookeeper.min.session.timeout.ms': {
    type: 'int',
    min: 1,
    unit: 'milliseconds',
    scope: 'zookeeper',
    update: 'read-only',
    doc: 'Shortest session timeout a client can have (minSessionTimeout); 2 ticks when not set.',
    differs,
  },
  'zookeeper.max.session.timeout.ms': {
    type: 'int',
    min: 1,
    unit: 'milliseconds',
    scope: 'zookeeper',
    update: 'read-only',
    doc: 'Longest session timeout a client can have (maxSessionTimeout); 20 ticks when not set.',
    differs,
  },
  'zookeeper.sync.limit': {
    type: 'int',
    default: '5',
    min: 1,
    scope: 'zookeeper',
    update: 'read-only',
    doc: 'Ticks for which the shim goes on answering reads after it lost the metadata quorum (syncLimit); then it drops its clients.',
    differs,
  },
  'zookeeper.max.client.cnxns': {
    type: 'int',
    default: '60',
    min: 0,
    scope: 'zookeeper',
    update: 'read-only',
    doc: 'Most connections at one time from one address (maxClientCnxns); 0 sets no bound of its own.',
    differs,
  },
  'zookeeper.max.cnxns': {
    type: 'int',
    default: '10000',
    min: 1,
    scope: 'zookeeper',
    update: 'read-only',
    doc: 'Most connections at one time (maxCnxns).',
    differs: "ZooKeeper's key of zoo.cfg, under a prefix; ZooKeeper sets no bound, here everything is bounded.",
  },
  'zookeeper.jute.maxbuffer': {
    type: 'int',
    default: '1048575',
    min: 1024,
    max: 67108864,
    unit: 'bytes',
    scope: 'zookeeper',
    update: 'read-only',
    doc: 'Largest packet a client may send (jute.maxbuffer); a larger one closes its connection.',
    differs,
  },
} as const satisfies KeyTable;
