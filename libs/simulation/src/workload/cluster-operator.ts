import {
  alterPartitionReassignmentsRpc,
  electLeadersRpc,
  incrementalAlterConfigsRpc,
  unregisterBrokerRpc,
} from '@milena/cluster-protocol';
import type { MetadataImage } from '@milena/metadata';
import { unreachable } from '@milena/model';
import type { ActiveControllerChannel } from '@milena/raft-driver';
import type { ElectionDemands } from '../checkers/election-demands';
import type { ChoiceStream } from '../choices/choice-stream';
import type { World } from '../world';
import { callController, type CallOutcome } from './call-controller';
import { ConfigHistory } from './config-history';
import type { OperatorAction } from './operator-action';
import { OperatorDraws } from './operator-draws';

const SHARED = { principal: 'User:simulation', validateOnly: false, timeoutMs: 2000 } as const;
/** Set to values of its own each time. */
const UNIQUE_KEY = 'retention.ms';

/** What an operator works with. */
export interface ClusterOperatorOptions {
  readonly world: World;
  readonly controllers: ActiveControllerChannel;
  /** Newest committed metadata. */
  image(): MetadataImage;
  readonly demands: ElectionDemands;
}

/**
 * An operator who works while everything fails: moves replicas and takes moves back, gives leaderships back, elects
 * uncleanly, changes configuration of topics and of all brokers, forgets brokers.
 */
export class ClusterOperator {
  readonly configs: ConfigHistory;
  readonly #draws: OperatorDraws;
  readonly #stream: ChoiceStream<OperatorAction>;

  constructor(private readonly options: ClusterOperatorOptions) {
    const { world, image } = options;
    this.configs = new ConfigHistory(world);
    this.#draws = new OperatorDraws(world.random.fork('cluster operator'), image);
    this.#stream = world.choices.stream('cluster operator');
  }

  /** Works until stopped, one thing at a time; failures are expected. */
  async run(): Promise<void> {
    for (;;) {
      const action = await this.#stream.next(
        () => this.#draws.pauseMs(),
        () => this.#draws.next(),
      );
      if (action === undefined) return;
      await this.#perform(action);
    }
  }

  stop(): void {
    this.#stream.end();
  }

  async #perform(action: OperatorAction): Promise<void> {
    const { controllers, world } = this.options;
    switch (action.do) {
      case 'move replicas': {
        const { topic: name, partition, target } = action;
        const topics = [{ name, partitions: [{ partition, target: target ?? undefined }] }];
        if (target === null) world.mark('a reassignment was cancelled');
        const request = { ...SHARED, topics, allowReplicationFactorChange: true };
        return void (await callController(controllers, alterPartitionReassignmentsRpc, request));
      }
      case 'elect preferred': {
        const { topic: name, partition } = action;
        const topics = name === null ? undefined : [{ name, partitions: [partition] }];
        const request = { ...SHARED, electionType: 'PREFERRED' as const, topics };
        return void (await callController(controllers, electLeadersRpc, request));
      }
      case 'elect uncleanly':
        return this.#electUncleanly(action.topic, action.partition);
      case 'configure':
        return void (await this.#configure(action.topic, action.key, action.value));
      case 'set once':
        return this.#setOnce(action.topic, action.value);
      case 'unregister': {
        const request = { principal: SHARED.principal, brokerId: action.broker, timeoutMs: SHARED.timeoutMs };
        const outcome = await callController(controllers, unregisterBrokerRpc, request);
        if (outcome.isAnswered && outcome.answer.result.ok) world.mark('a broker was unregistered');
        return;
      }
      default:
        return unreachable(action);
    }
  }

  async #electUncleanly(name: string, partition: number): Promise<void> {
    const { controllers, demands } = this.options;
    const end = demands.open(name, partition);
    const topics = [{ name, partitions: [partition] }];
    const request = { ...SHARED, electionType: 'UNCLEAN' as const, topics };
    if (isCertain(await callController(controllers, electLeadersRpc, request))) end();
  }

  #configure(topic: string, name: string, value: string | null) {
    const resource = { type: topic === '' ? ('BROKER' as const) : ('TOPIC' as const), name: topic };
    const operation = value === null ? ('DELETE' as const) : ('SET' as const);
    return callController(this.options.controllers, incrementalAlterConfigsRpc, {
      ...SHARED,
      resources: [{ resource, changes: [{ name, operation, value: value ?? undefined }] }],
    });
  }

  async #setOnce(topic: string, value: string): Promise<void> {
    this.configs.asked(value);
    const outcome = await this.#configure(topic, UNIQUE_KEY, value);
    if (!outcome.isAnswered) this.configs.ended(value, outcome.didNothing ? 'nothing done' : 'unknown');
    else this.configs.ended(value, outcome.answer.resources[0]?.result.ok === true ? 'acknowledged' : 'nothing done');
  }
}

function isCertain(outcome: CallOutcome<unknown>): boolean {
  return outcome.isAnswered || outcome.didNothing;
}
