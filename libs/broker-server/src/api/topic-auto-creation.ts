import { createTopicsRpc } from '@milena/cluster-protocol';
import { topicNameRefusal } from '@milena/controller';
import { isInternalTopic } from '@milena/metadata';
import type { BrokerContext } from '../broker-context';
import { changeMetadata } from './controller-call';

/** How long a metadata request waits for the topics it brings into being; what takes longer the client asks for again. */
const WAIT_MS = 1_000;
/** Topics under creation at one time; more are left to the client's next request. */
const UNDER_WAY_MAX = 1_000;

/** Creates topics that clients ask for and that do not exist (`auto.create.topics.enable`). */
export interface TopicAutoCreation {
  /** Tries to create the topics; resolves when all attempts are over or have taken too long, whatever their outcome. */
  create(names: readonly string[], principal: string): Promise<void>;
}

/** Makes the creation of a broker. A topic that several clients ask for at a time is created once. */
export function createTopicAutoCreation(broker: BrokerContext): TopicAutoCreation {
  const underWay = new Map<string, Promise<void>>();

  async function attempt(names: readonly string[], principal: string): Promise<void> {
    const { server } = broker.config;
    const topics = names.map((name) => ({
      name,
      partitions: server.number('num.partitions'),
      replicationFactor: server.number('default.replication.factor'),
      assignments: [],
      configs: [],
    }));
    const request = { principal, topics, validateOnly: false, timeoutMs: WAIT_MS };
    const created = await changeMetadata({ broker, trace: undefined }, createTopicsRpc, request);
    if (!created.ok) {
      broker.platform.logger.warn('topics were not created on demand', { names, error: created.error.message });
    }
    for (const name of names) underWay.delete(name);
  }

  return {
    async create(names, principal) {
      const isCreatable = (name: string) => topicNameRefusal(name) === undefined && !isInternalTopic(name);
      const wanted = names.filter(isCreatable);
      const fresh = wanted.filter((name) => !underWay.has(name)).slice(0, UNDER_WAY_MAX - underWay.size);
      if (fresh.length > 0) {
        const attempted = attempt(fresh, principal);
        for (const name of fresh) underWay.set(name, attempted);
      }
      await Promise.all(new Set(wanted.flatMap((name) => underWay.get(name) ?? [])));
    },
  };
}
