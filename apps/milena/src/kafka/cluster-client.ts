import { describeCluster, findCoordinator, type ResponseOf } from '@milena/kafka-protocol';
import { CommandFailure } from '../command-failure';
import { connectToBroker, connectToCluster, type KafkaClient } from './kafka-client';
import { throwOnError } from './kafka-failure';
import { retryPassingErrors, type CodedAnswer } from './retry-passing-errors';

const GROUP_KEY_TYPE = 0;

/** A broker as the cluster describes it. */
export type ClusterBroker = ResponseOf<typeof describeCluster>['brokers'][number];

/** Connections to the brokers of a cluster, made when they are needed. */
export interface ClusterClient {
  /** The broker of the bootstrap servers that answered first: any broker knows the metadata. */
  readonly any: KafkaClient;
  /** By id, fenced ones too. */
  brokers(): Promise<readonly ClusterBroker[]>;
  /** Throws CommandFailure with exit code 3 when the cluster has no live broker of that id. */
  broker(id: number): Promise<KafkaClient>;
  /** Asks the coordinator of a group, wherever it is, again while it is not ready; throws CommandFailure for other errors. */
  askCoordinator<Answer extends CodedAnswer>(
    groupId: string,
    ask: (coordinator: KafkaClient) => Promise<Answer>,
  ): Promise<Answer & { readonly coordinatorId: number }>;
}

/** Connects to the first of the bootstrap servers that answers, and closes every connection after `run`. */
export async function withCluster<Value>(
  bootstrap: string,
  run: (cluster: ClusterClient) => Promise<Value>,
): Promise<Value> {
  const any = await connectToCluster(bootstrap);
  const cluster = new ConnectedCluster(any);
  try {
    return await run(cluster);
  } finally {
    any.close();
    cluster.close();
  }
}

class ConnectedCluster implements ClusterClient {
  readonly #opened = new Map<number, Promise<KafkaClient>>();
  #brokers: Promise<readonly ClusterBroker[]> | undefined;

  constructor(readonly any: KafkaClient) {}

  brokers(): Promise<readonly ClusterBroker[]> {
    this.#brokers ??= this.#describe();
    return this.#brokers;
  }

  async #describe(): Promise<readonly ClusterBroker[]> {
    const body = { includeClusterAuthorizedOperations: false, includeFencedBrokers: true };
    const cluster = await this.any.request(describeCluster, body);
    throwOnError('cluster', cluster.errorCode, cluster.errorMessage);
    return [...cluster.brokers].sort((left, right) => left.brokerId - right.brokerId);
  }

  broker(id: number): Promise<KafkaClient> {
    const opened = this.#opened.get(id) ?? this.#connect(id);
    this.#opened.set(id, opened);
    return opened;
  }

  async #connect(id: number): Promise<KafkaClient> {
    const found = (await this.brokers()).find(({ brokerId, isFenced }) => brokerId === id && !isFenced);
    if (found !== undefined) return connectToBroker({ host: found.host, port: found.port });
    throw new CommandFailure(3, `broker ${id}: there is no such live broker; milena broker list shows them`);
  }

  askCoordinator<Answer extends CodedAnswer>(
    groupId: string,
    ask: (coordinator: KafkaClient) => Promise<Answer>,
  ): Promise<Answer & { readonly coordinatorId: number }> {
    const body = { key: groupId, keyType: GROUP_KEY_TYPE, coordinatorKeys: [groupId] };
    return retryPassingErrors(`group ${groupId}`, async () => {
      const answer = await this.any.request(findCoordinator, body);
      const found = answer.coordinators[0] ?? answer;
      // The error of finding takes the place of the answer; it is thrown or asked again, never returned.
      if (found.errorCode !== 0)
        return { ...found, coordinatorId: -1 } as unknown as Answer & { coordinatorId: number };
      return { ...(await ask(await this.broker(found.nodeId))), coordinatorId: found.nodeId };
    });
  }

  close(): void {
    for (const opened of this.#opened.values())
      opened.then(
        (client) => client.close(),
        () => undefined,
      );
  }
}
