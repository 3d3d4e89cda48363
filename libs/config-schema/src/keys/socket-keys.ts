import type { KeyTable } from '../key-definition';

/** Where a node listens, and what it accepts from a connection. */
export const SOCKET_KEYS = {
  listeners: {
    type: 'list',
    scope: 'both',
    update: 'read-only',
    doc: 'What this node listens on, as NAME://host:port separated by commas. An empty host stands for all interfaces.',
    differs:
      'Without it a broker listens on localhost only: PLAINTEXT://localhost:9092 for clients and INTERNAL://localhost:9094 for its peers; a controller on CONTROLLER://localhost:9093. Nothing is published before there is security.',
  },
  'advertised.listeners': {
    type: 'list',
    scope: 'both',
    update: 'read-only',
    doc: 'What others are told to connect to, as NAME://host:port separated by commas; a listener not named here is advertised as it listens.',
  },
  'listener.security.protocol.map': {
    type: 'list',
    default: 'PLAINTEXT:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT',
    scope: 'both',
    update: 'read-only',
    doc: 'Security protocol of each listener, as NAME:PROTOCOL separated by commas.',
    differs: 'Names the listeners of our own defaults; PLAINTEXT is the only protocol served yet. Read at start only.',
  },
  'inter.broker.listener.name': {
    type: 'string',
    default: 'INTERNAL',
    scope: 'broker',
    update: 'read-only',
    doc: 'Listener that brokers use among themselves.',
    differs: 'Brokers talk gRPC among themselves, so this is a listener of its own that clients are never shown.',
  },
  'socket.request.max.bytes': {
    type: 'int',
    default: '104857600',
    min: 1,
    unit: 'bytes',
    scope: 'broker',
    update: 'read-only',
    doc: 'Largest request a client may send; a larger one closes its connection.',
  },
  'max.connections': {
    type: 'int',
    default: '10000',
    min: 0,
    scope: 'broker',
    update: 'read-only',
    doc: 'Most client connections at one time, per listener.',
    differs: 'Kafka sets no bound; here everything is bounded. Read at start only.',
  },
  'max.connections.per.ip': {
    type: 'int',
    default: '500',
    min: 0,
    scope: 'broker',
    update: 'read-only',
    doc: 'Most client connections at one time from one address, per listener.',
    differs: 'Kafka sets no bound; here everything is bounded. Read at start only.',
  },
  'connections.max.idle.ms': {
    type: 'long',
    default: '600000',
    unit: 'milliseconds',
    scope: 'broker',
    update: 'read-only',
    doc: 'A client connection without a request for this long is closed.',
  },
} as const satisfies KeyTable;
