/** A topic of the demo and what is written to it. */
export interface DemoTopic {
  readonly name: string;
  readonly partitions: number;
  readonly recordsPerSecond: number;
  /** A record's key and value; `number` counts the records of this run. */
  readonly record: (number: number) => { readonly key: string; readonly value: Readonly<Record<string, unknown>> };
}

/** A consumer group of the demo. */
export interface DemoGroup {
  readonly groupId: string;
  readonly topic: string;
  /** How long it works on each record. */
  readonly workMs: number;
}

const CUSTOMERS = 40;
const PAGES = ['/', '/search', '/cart', '/checkout', '/help'];

function pick<Item>(items: readonly Item[], otherwise: Item): Item {
  return items[Math.floor(Math.random() * items.length)] ?? otherwise;
}

const customer = () => `customer-${1 + Math.floor(Math.random() * CUSTOMERS)}`;

/** What the demo writes. */
export const DEMO_TOPICS: readonly DemoTopic[] = [
  {
    name: 'demo-orders',
    partitions: 3,
    recordsPerSecond: 10,
    record: (number) => ({
      key: customer(),
      value: { order: number, amount: Math.round(Math.random() * 10_000) / 100, currency: 'EUR' },
    }),
  },
  {
    name: 'demo-clicks',
    partitions: 3,
    recordsPerSecond: 10,
    record: () => ({ key: customer(), value: { page: pick(PAGES, '/') } }),
  },
];

/** Who reads it: one group that keeps up, and one that takes twice as long per record as it has. */
export const DEMO_GROUPS: readonly DemoGroup[] = [
  { groupId: 'demo-billing', topic: 'demo-orders', workMs: 0 },
  { groupId: 'demo-analytics', topic: 'demo-clicks', workMs: 200 },
];

/** Old records go, so that the demo may run for as long as it likes: about 6000 records a topic stay, which bounds the lag too. */
export const DEMO_TOPIC_CONFIG: Readonly<Record<string, string>> = {
  'retention.ms': '600000',
  'retention.bytes': `${8 * 1024 * 1024}`,
  'segment.bytes': `${1024 * 1024}`,
  'segment.ms': '60000',
};
