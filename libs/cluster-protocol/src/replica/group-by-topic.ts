import type { Uuid } from '@milena/model';

/** Puts neighbours of one topic together: the wire names each topic once, and the order of partitions stays. */
export function groupByTopic<Item extends { readonly topicId: Uuid }, Wire>(
  items: readonly Item[],
  toWire: (item: Item) => Wire,
): { topicId: string; partitions: Wire[] }[] {
  const topics: { topicId: string; partitions: Wire[] }[] = [];
  for (const item of items) {
    const last = topics.at(-1);
    if (last?.topicId === item.topicId) last.partitions.push(toWire(item));
    else topics.push({ topicId: item.topicId, partitions: [toWire(item)] });
  }
  return topics;
}
