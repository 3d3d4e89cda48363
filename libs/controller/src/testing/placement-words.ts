import type { PartitionState } from '@milena/metadata';
import { failure, type Result } from '@milena/model';
import { unregisterBroker } from '../brokers/unregister-broker';
import { alterPartitionReassignments, type PartitionOutcomes } from '../partitions/alter-partition-reassignments';
import { electLeaders } from '../partitions/elect-leaders';
import type { Scenario } from './scenario';

const ASKED = { principal: 'User:alice', timeoutMs: 1000, validateOnly: false };

/** `TOPIC-P 1,2 [same-factor]` reassigns, `TOPIC-P` alone cancels; the outcome. */
export function reassign(scenario: Scenario, name: string, [replicas, ...flags]: readonly string[]): Result<null> {
  const { topic, partition } = partitionNamed(name);
  const target = replicas === undefined ? undefined : numbers(replicas);
  const request = {
    ...ASKED,
    topics: [{ name: topic, partitions: [{ partition, target }] }],
    allowReplicationFactorChange: !flags.includes('same-factor'),
  };
  const [outcome] = named(scenario.commit(alterPartitionReassignments(scenario.image, request, scenario)));
  return outcome?.result ?? failure('UNKNOWN_SERVER_ERROR', 'no outcome');
}

/** `preferred|unclean` elections of the partitions named, or of all; the outcomes by name. */
export function elect(scenario: Scenario, type: string, names: readonly string[]): readonly NamedOutcome[] {
  const topics = names.map(partitionNamed).map(({ topic, partition }) => ({ name: topic, partitions: [partition] }));
  const electionType = type === 'unclean' ? ('UNCLEAN' as const) : ('PREFERRED' as const);
  const request = { ...ASKED, electionType, topics: names.length === 0 ? undefined : topics };
  return named(scenario.commit(electLeaders(scenario.image, request, scenario)));
}

/** The outcome of unregistering a broker. */
export function unregister(scenario: Scenario, brokerId: number): Result<null> {
  const { image, defaults } = scenario;
  return scenario.commit(unregisterBroker(image, { ...ASKED, brokerId }, { defaults, voterIds: [] })).result;
}

/** What is on the move in a partition, in words; empty when nothing is. */
export function movingText({ addingReplicas, removingReplicas }: PartitionState): string {
  const adding = addingReplicas.length === 0 ? '' : ` adding ${addingReplicas.join()}`;
  return removingReplicas.length === 0 ? adding : `${adding} removing ${removingReplicas.join()}`;
}

/** What became of one partition. */
export interface NamedOutcome {
  readonly name: string;
  readonly result: Result<null>;
}

function named({ topics }: PartitionOutcomes): readonly NamedOutcome[] {
  return topics.flatMap(({ name, partitions }) =>
    partitions.map(({ partition, result }) => ({ name: `${name}-${partition}`, result })),
  );
}

function partitionNamed(name: string): { topic: string; partition: number } {
  const [, topic = '', index = ''] = /^(.*)-(\d+)$/.exec(name) ?? [];
  return { topic, partition: Number(index) };
}

function numbers(word: string): readonly number[] {
  return word === '' ? [] : word.split(',').map(Number);
}
