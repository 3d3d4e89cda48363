// Clients of the admin API that write and read the same few things at once, and the history of what each was told.
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { adminPackage } from './admin-callers.mjs';

const callTimeoutMs = 12_000;
/** Pause of a client between two calls; with four of them a minute gives a key about a thousand operations. */
const pauseMs = { min: 100, max: 300 };
/** After a call of which nobody knows what came of it, so that few of those are open at a time. */
const pauseAfterUnknownMs = 1_000;

/** Errors of writes that were certainly not carried out. */
const refusals = new Set([
  'NOT_CONTROLLER',
  'BROKER_NOT_AVAILABLE',
  'LEADER_NOT_AVAILABLE',
  'THROTTLING_QUOTA_EXCEEDED',
]);

/** The answer, or Kafka's name of the error and that of its gRPC code; undefined when no answer came. */
async function call(gateway, method, request) {
  try {
    const response = await fetch(`http://${gateway}/${adminPackage}.${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
      signal: AbortSignal.timeout(callTimeoutMs),
    });
    const answer = await response.json();
    if (response.ok) return { answer };
    const details = (answer.details ?? []).map(({ value }) => Buffer.from(value, 'base64').toString('latin1'));
    return {
      reason: details.map((text) => /[A-Z]+(?:_[A-Z]+)+/.exec(text)?.[0]).find((found) => found) ?? answer.code,
    };
  } catch (error) {
    return { didNothing: error.cause?.code === 'ECONNREFUSED' };
  }
}

/** What a call came to: an output; or none, and whether it certainly did nothing. */
function outcomeOf({ answer, reason, didNothing }, outputs) {
  if (answer !== undefined) return { output: outputs.done(answer) };
  const output = outputs.refused?.[reason];
  if (output !== undefined) return { output };
  return { output: undefined, didNothing: didNothing === true || refusals.has(reason), reason };
}

/** A topic name: created, deleted and described. */
export function topicKey(name, { readConsistency }) {
  const resource = `topics/${name}`;
  const missing = { UNKNOWN_TOPIC_OR_PARTITION: { type: 'missing' } };
  const operations = {
    async create(gateway) {
      const topic = { name: resource, partitionCount: 1, replicationFactor: 1 };
      return outcomeOf(await call(gateway, 'TopicService/CreateTopic', { topic }), {
        done: (answer) => ({ type: 'created', topicId: answer.topic.uid }),
        refused: { TOPIC_ALREADY_EXISTS: { type: 'exists' } },
      });
    },
    async delete(gateway) {
      return outcomeOf(await call(gateway, 'TopicService/DeleteTopic', { name: resource }), {
        done: () => ({ type: 'deleted', topicId: undefined }),
        refused: missing,
      });
    },
    async describe(gateway) {
      return outcomeOf(await call(gateway, 'TopicService/GetTopic', { name: resource, readConsistency }), {
        done: (answer) => ({ type: 'described', topicId: answer.topic.uid }),
        refused: missing,
      });
    },
  };
  const inputs = ['create', 'delete', 'describe', 'describe'];
  return {
    name,
    model: ({ topicModel }) => topicModel,
    draw: () => inputs[Math.floor(Math.random() * inputs.length)],
    isRead: (input) => input === 'describe',
    perform: (input, gateway) => operations[input](gateway),
  };
}

/** A config key of a topic that is there: set to values of which each is written once, and read in one of two ways. */
export function configKey(topic, key, { initial, readConsistency, read }) {
  let next = Number(initial);
  const name = `topics/${topic}/configs/${key}`;
  const reads = {
    async topic(gateway) {
      const told = await call(gateway, 'TopicService/GetTopic', { name: `topics/${topic}`, readConsistency });
      return outcomeOf(told, { done: (answer) => ({ type: 'read', value: answer.topic.configs[key] }) });
    },
    async config(gateway) {
      const told = await call(gateway, 'TopicService/GetTopicConfig', { name, readConsistency });
      return outcomeOf(told, { done: (answer) => ({ type: 'read', value: answer.config.value }) });
    },
  };
  return {
    name: `${name}, read by ${read}`,
    model: ({ registerModel }) => registerModel(initial),
    draw: () => (Math.random() < 0.5 ? { type: 'read' } : { type: 'write', value: `${(next += 1)}` }),
    isRead: ({ type }) => type === 'read',
    async perform(input, gateway) {
      if (input.type === 'read') return reads[read](gateway);
      const alterations = [{ key, operation: 'OPERATION_SET', value: input.value }];
      const told = await call(gateway, 'TopicService/UpdateTopicConfigs', { name: `topics/${topic}`, alterations });
      return outcomeOf(told, { done: () => ({ type: 'written' }) });
    },
  };
}

/**
 * Starts `clientsPerKey` clients for every key; each calls one of the gateways after the other's answer, and is another client
 * after an outcome it does not know. `stop()` gives every key with its history: operations as `checkLinearizable` takes them,
 * those that certainly did nothing left out.
 */
export function startRegisterClients({ gateways, keys, clientsPerKey }) {
  let isRunning = true;
  const histories = keys.map(() => []);
  const failures = new Map();
  const work = async (key, history) => {
    while (isRunning) {
      await delay(pauseMs.min + Math.random() * (pauseMs.max - pauseMs.min));
      const input = key.draw();
      const invokedAt = performance.now();
      const gateway = gateways[Math.floor(Math.random() * gateways.length)];
      const { output, didNothing, reason } = await key.perform(input, gateway);
      const returnedAt = performance.now();
      if (output === undefined) {
        failures.set(reason ?? 'no answer', (failures.get(reason ?? 'no answer') ?? 0) + 1);
        if (didNothing || key.isRead(input)) continue;
      }
      history.push({ input, output, invokedAt, returnedAt });
      if (output === undefined) await delay(pauseAfterUnknownMs);
    }
  };
  const all = keys.flatMap((key, index) => Array.from({ length: clientsPerKey }, () => work(key, histories[index])));
  return {
    /** Operations whose outcome is known. */
    known: () => histories.flat().filter(({ output }) => output !== undefined).length,
    async stop() {
      isRunning = false;
      await Promise.all(all);
      return { histories: keys.map((key, index) => ({ key, operations: histories[index] })), failures };
    },
  };
}
