import type { KeyTable } from '../key-definition';

/** What the active controller does of its own accord. */
export const CONTROLLER_KEYS = {
  'auto.leader.rebalance.enable': {
    type: 'boolean',
    default: 'true',
    scope: 'controller',
    update: 'read-only',
    doc: 'Whether leaderships go back to preferred leaders by themselves.',
  },
  'leader.imbalance.check.interval.seconds': {
    type: 'long',
    default: '300',
    min: 1,
    scope: 'controller',
    update: 'read-only',
    doc: 'Seconds between two looks at who leads partitions that another broker should lead.',
  },
  'leader.imbalance.per.broker.percentage': {
    type: 'int',
    default: '10',
    min: 0,
    max: 100,
    scope: 'controller',
    update: 'read-only',
    doc: 'Share of the partitions a broker is the preferred leader of that others may lead before they are given back.',
    differs: 'Kafka in KRaft mode knows the key and ignores it: it gives back every leadership.',
  },
  'metadata.max.idle.interval.ms': {
    type: 'int',
    default: '500',
    min: 0,
    unit: 'milliseconds',
    scope: 'controller',
    update: 'read-only',
    doc: 'While nothing else is written, the active controller writes a record that does nothing this often, so that lag can be measured; 0 for never.',
  },
} as const satisfies KeyTable;
