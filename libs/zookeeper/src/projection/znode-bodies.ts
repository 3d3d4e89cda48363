import type { BrokerRegistration, PartitionState, ResourceConfig, TopicImage } from '@milena/metadata';

/** The data of the projected znodes: JSON as Kafka wrote it in ZooKeeper mode. */

/** /cluster/id. */
export function clusterIdBody(id: string): Buffer {
  return json({ version: '1', id });
}

/** /controller, version 2 (KIP-866): the active controller since `timestampMs`. */
export function controllerBody(change: {
  readonly leaderId: number;
  readonly epoch: number;
  readonly timestampMs: number;
}): Buffer {
  return json({
    version: 2,
    brokerid: change.leaderId,
    timestamp: String(change.timestampMs),
    kraftControllerEpoch: change.epoch,
  });
}

/** /brokers/ids/N, version 5: what clients may connect to. `hiddenListener` is the brokers' own and never shown. */
export function brokerBody(broker: BrokerRegistration, hiddenListener: string, registeredAtMs: number): Buffer {
  const listeners = broker.listeners.filter(({ name }) => name !== hiddenListener);
  const plain = listeners.find(({ securityProtocol }) => securityProtocol === 'PLAINTEXT');
  const features = broker.features.map(({ name, minLevel, maxLevel }) => [
    name,
    { min_version: minLevel, max_version: maxLevel },
  ]);
  return json({
    version: 5,
    host: plain?.host ?? null,
    port: plain?.port ?? -1,
    endpoints: listeners.map(({ name, host, port }) => `${name}://${host.includes(':') ? `[${host}]` : host}:${port}`),
    listener_security_protocol_map: Object.fromEntries(
      listeners.map(({ name, securityProtocol }) => [name, securityProtocol]),
    ),
    features: Object.fromEntries(features),
    ...(broker.rack === undefined ? {} : { rack: broker.rack }),
    jmx_port: -1,
    timestamp: String(registeredAtMs),
  });
}

/** /brokers/topics/T, version 3: which brokers hold which partition. */
export function topicBody(topic: TopicImage): Buffer {
  const states = [...topic.partitions()];
  const assignment = (pick: (state: PartitionState) => readonly number[]): Record<string, readonly number[]> =>
    Object.fromEntries(
      states.map((state, index) => [String(index), pick(state)] as const).filter(([, ids]) => ids.length > 0),
    );
  return json({
    version: 3,
    topic_id: topic.id,
    partitions: assignment(({ replicas }) => replicas),
    adding_replicas: assignment(({ addingReplicas }) => addingReplicas),
    removing_replicas: assignment(({ removingReplicas }) => removingReplicas),
  });
}

/** /brokers/topics/T/partitions/P/state: who leads; `controllerEpoch` is the epoch that decided it. */
export function partitionStateBody(state: PartitionState, controllerEpoch: number): Buffer {
  return json({
    controller_epoch: controllerEpoch,
    leader: state.leader,
    version: 1,
    leader_epoch: state.leaderEpoch,
    isr: state.isr,
    ...(state.leaderRecoveryState === 'RECOVERING' ? { leader_recovery_state: 1 } : {}),
  });
}

/** /config/<type>/<name>: what is set for a resource. */
export function configBody(config: ResourceConfig): Buffer {
  return json({
    version: 1,
    config: Object.fromEntries([...config].sort(([left], [right]) => (left < right ? -1 : 1))),
  });
}

/** /feature, version 2: the finalized levels. */
export function featureBody(features: readonly (readonly [name: string, level: number])[]): Buffer {
  const levels = features.map(([name, level]) => [name, { max_version_level: level }]);
  return json({ features: Object.fromEntries(levels), version: 2, status: 1 });
}

function json(value: object): Buffer {
  return Buffer.from(JSON.stringify(value), 'utf8');
}
