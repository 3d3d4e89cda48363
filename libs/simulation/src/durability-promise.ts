import type { CrashMode, SeededRandom } from '@milena/platform/testing';
import type { Choices } from './choices/choices';

/**
 * What a topic's configuration promises, and so which crashes of brokers an acknowledged record must survive.
 *
 * `page cache`: Kafka's default. The kernel keeps what was written: any number of brokers may be killed at once.
 * `synced`: flush.messages=1. Every acknowledged record is on the disks of the in-sync replicas: any crash, of any number.
 * `one power cut`: Kafka's default under power cuts. One broker at a time may lose its page cache, and only while all
 * replicas are in sync; the next one when it is in sync again ("last replica standing" is a loss that Kafka permits).
 */
export interface DurabilityPromise {
  readonly name: 'page cache' | 'synced' | 'one power cut';
  readonly minInsyncReplicas: number;
  readonly topicConfig: Readonly<Record<string, string>>;
  /** Crashes that brokers may suffer at any time and in any number. */
  readonly brokersBear: readonly CrashMode[];
}

const NAMES = ['page cache', 'page cache', 'synced', 'synced', 'one power cut'] as const;

/** Draws one of the promises. */
export function drawDurabilityPromise(random: SeededRandom, choices: Choices): DurabilityPromise {
  const minInsyncReplicas = choices.setting('min in-sync replicas', random.chance(0.7) ? 2 : 1, []);
  const base = { 'min.insync.replicas': `${minInsyncReplicas}` };
  const drawn = NAMES[random.below(NAMES.length)] ?? 'page cache';
  const name = choices.setting<DurabilityPromise['name']>('durability promise', drawn, []);
  switch (name) {
    case 'page cache':
      return { name, minInsyncReplicas, topicConfig: base, brokersBear: ['keep'] };
    case 'synced': {
      const topicConfig = { ...base, 'flush.messages': '1' };
      return { name, minInsyncReplicas, topicConfig, brokersBear: ['keep', 'lose-unsynced', 'tear', 'prefix'] };
    }
    case 'one power cut':
      return { name, minInsyncReplicas: 2, topicConfig: { 'min.insync.replicas': '2' }, brokersBear: [] };
  }
}
