import type { MetadataRecord, PartitionState } from '@milena/metadata';
import { failure, type Result } from '@milena/model';
import { alterPartition } from '../partitions/alter-partition';
import { minInsyncReplicasOf } from '../partitions/partition-rules';
import { configChange, resourceOf } from './config-words';
import { elect, movingText, reassign, unregister } from './placement-words';
import { nameOf, Scenario } from './scenario';

/**
 * Plays a transcript: lines that begin with `> ` are commands to a controller, the lines below each are what it did, up to
 * an empty line. Everything else is prose. Returns the same text with the outputs as they are now.
 *
 * Commands: `cluster [unclean] [no-elr] [min-isr=]` begins anew; `broker ID [dir=] [rack=] [clean]` registers and unfences;
 * `register ID [dir=] [incarnation=] [cluster=] [former=EPOCH] [clean]`, clean after an orderly stop;
 * `heartbeat ID [fence] [shutdown] [at=] [epoch=] [offline=]`; `kill ID` fences at once; `wait MS` lets time pass and
 * expires sessions; `failover` restarts the sessions as a new active controller does;
 * `topic NAME REPLICAS...` with replicas as `1,2,3` per partition; `partitions NAME COUNT [REPLICAS...]`;
 * `configs RESOURCE CHANGE...` with resources as `topic:t` or `broker:1` and changes as `key=value`, `key` to delete,
 * `key+=item`, `key-=item`; `replace-configs RESOURCE key=value...`;
 * `reassign TOPIC-P 1,2 [same-factor]`; `cancel TOPIC-P`; `elect preferred|unclean [TOPIC-P...]`; `unregister ID`;
 * `alter TOPIC-P by=ID isr=1,2 [leader-epoch=] [partition-epoch=] [epoch=] [member-epochs=ID:E,...] [min-isr=] [recovering]`.
 */
export function playTranscript(text: string): string {
  const output: string[] = [];
  let scenario = new Scenario();
  for (const block of text.split('\n\n')) {
    const [first = '', ...rest] = block.split('\n');
    if (!first.startsWith('> ')) {
      output.push(block);
      continue;
    }
    const commands = [first, ...rest].filter((line) => line.startsWith('> '));
    const lines = commands.flatMap((line) => {
      const words = line.slice(2).split(' ');
      if (words[0] === 'cluster') scenario = newCluster(words.slice(1));
      return [line, ...run(scenario, words).map((result) => `  ${result}`)];
    });
    output.push(lines.join('\n'));
  }
  return `${output.join('\n\n').trimEnd()}\n`;
}

function newCluster(words: readonly string[]): Scenario {
  const minIsr = words.find((word) => word.startsWith('min-isr='))?.slice('min-isr='.length);
  const defaults = {
    uncleanLeaderElection: words.includes('unclean'),
    ...(minIsr === undefined ? {} : { minInsyncReplicas: Number(minIsr) }),
  };
  return new Scenario(defaults, { elr: !words.includes('no-elr') });
}

function run(scenario: Scenario, [command, target = '', ...words]: readonly string[]): string[] {
  const options = new Map(words.map((word) => word.split('=') as [string, string | undefined]));
  const text = (key: string) => (options.get(key) === undefined ? {} : { [key]: options.get(key) });
  const number = (key: string) => (options.get(key) === undefined ? {} : { [key]: Number(options.get(key)) });
  const id = Number(target);
  switch (command) {
    case 'cluster':
      return [];
    case 'broker':
      scenario.start(id, { ...text('dir'), ...text('rack'), clean: options.has('clean') });
      return shown(scenario);
    case 'register':
      return [
        ...outcome(
          scenario.register(id, {
            ...text('dir'),
            ...text('incarnation'),
            ...text('cluster'),
            clean: options.has('clean'),
            ...(options.has('former') ? { formerEpoch: Number(options.get('former')) } : {}),
          }),
        ),
        ...shown(scenario),
      ];
    case 'heartbeat': {
      const wishes = { wantFence: options.has('fence'), wantShutDown: options.has('shutdown') };
      return [
        ...outcome(scenario.heartbeat(id, { ...wishes, ...number('at'), ...number('epoch'), ...text('offline') })),
        ...shown(scenario),
      ];
    }
    case 'kill':
      scenario.fence(id);
      return shown(scenario);
    case 'wait':
      return wait(scenario, id);
    case 'failover':
      scenario.sessions.restart(scenario.image, scenario.nowMs);
      return [];
    case 'topic': {
      const assignments = words.map((word, partition) => ({ partition, brokerIds: word.split(',').map(Number) }));
      const [created] = scenario.createTopics([{ name: target, assignments }]).topics;
      return created?.result.ok === true ? shown(scenario) : outcome(created?.result ?? failure('INVALID_REQUEST', ''));
    }
    case 'partitions': {
      const [count, ...replicas] = words;
      const assignments = replicas.length === 0 ? undefined : replicas.map((word) => word.split(',').map(Number));
      return changed(scenario, scenario.createPartitions({ name: target, count: Number(count), assignments }));
    }
    case 'configs':
      return changed(scenario, scenario.alterConfigs(resourceOf(target), words.map(configChange)));
    case 'replace-configs':
      return changed(scenario, scenario.replaceConfigs(resourceOf(target), words.map(configChange)));
    case 'alter':
      return alter(scenario, target, options);
    case 'reassign':
    case 'cancel':
      return changed(scenario, reassign(scenario, target, words));
    case 'elect':
      return elect(scenario, target, words)
        .flatMap(({ name, result }) =>
          result.ok ? [`${name} elected`] : outcome(result).map((line) => `${name} ${line}`),
        )
        .concat(shown(scenario));
    case 'unregister':
      return changed(scenario, unregister(scenario, id));
    default:
      throw new Error(`unknown command ${command}`);
  }
}

function changed(scenario: Scenario, result: Result<null>): string[] {
  return result.ok ? shown(scenario) : outcome(result);
}

function wait(scenario: Scenario, ms: number): string[] {
  scenario.nowMs += ms;
  return scenario.sessions.expired(scenario.image, scenario.nowMs).flatMap((broker) => {
    scenario.fence(broker.id);
    return shown(scenario);
  });
}

function alter(scenario: Scenario, name: string, options: ReadonlyMap<string, string | undefined>): string[] {
  const [, topicName = '', index = ''] = /^(.*)-(\d+)$/.exec(name) ?? [];
  const topic = scenario.image.topicByName(topicName);
  const state = topic?.partition(Number(index));
  const epochs = new Map(
    (options.get('member-epochs') ?? '').split(',').map((pair) => pair.split(':').map(Number) as [number, number]),
  );
  const number = (key: string, otherwise: number) => Number(options.get(key) ?? otherwise);
  const brokerId = number('by', 0);
  const response = scenario.commit(
    alterPartition(
      scenario.image,
      {
        principal: 'User:broker',
        brokerId,
        brokerEpoch: number('epoch', scenario.epochOf(brokerId)),
        topics: [
          {
            topicId: topic?.id ?? 'AAAAAAAAAAAAAAAAAAAABQ',
            partitions: [
              {
                partition: Number(index),
                leaderEpoch: number('leader-epoch', state?.leaderEpoch ?? 0),
                partitionEpoch: number('partition-epoch', state?.partitionEpoch ?? 0),
                newIsr: (options.get('isr') ?? '')
                  .split(',')
                  .map(Number)
                  .map((id) => ({ brokerId: id, brokerEpoch: epochs.get(id) ?? scenario.epochOf(id) })),
                leaderRecoveryState: options.has('recovering') ? 'RECOVERING' : 'RECOVERED',
                minInsyncReplicas: number('min-isr', minInsyncReplicasOf(scenario.image, topicName, scenario.defaults)),
              },
            ],
          },
        ],
      },
      { defaults: scenario.defaults },
    ),
  );
  if (!response.ok) return outcome(response);
  return [...outcome(response.value.topics[0]?.partitions[0]?.result ?? response), ...shown(scenario)];
}

function outcome(result: Result<unknown>): string[] {
  return [result.ok ? `ok ${fields(result.value as object)}` : `${result.error.code}: ${result.error.message}`];
}

/** The records of the last decision, and what became of the partitions they name. */
function shown(scenario: Scenario): string[] {
  return scenario.lastRecords.map((record) => `+ ${recordText(scenario, record)}`);
}

function recordText(scenario: Scenario, record: MetadataRecord): string {
  if (record.type === 'PartitionRecord' || record.type === 'PartitionChangeRecord') {
    const topic = scenario.image.topicById(record.topicId);
    const state = topic?.partition(record.partitionId);
    const changed = record.type === 'PartitionRecord' ? 'new' : Object.keys(record).slice(3).join();
    const name = `${topic?.name}-${record.partitionId}`;
    if (state === undefined) return name;
    const { leader, isr, replicas, directories, leaderEpoch, partitionEpoch, leaderRecoveryState } = state;
    const eligible = eligibleText(state);
    const dirs = `dirs ${directories.map(nameOf).join()}`;
    const recovery = leaderRecoveryState === 'RECOVERED' ? '' : ' RECOVERING';
    const moving = movingText(state);
    return `${name} (${changed}): leader ${leader} isr ${isr.join() || '-'}${eligible} of ${replicas.join()}${moving} ${dirs} epochs ${leaderEpoch}/${partitionEpoch}${recovery}`;
  }
  const { type, ...rest } = record;
  return `${type.replace('Record', '')} ${fields(rest)}`;
}

const QUIET_FIELDS = ['listeners', 'features', 'incarnationId', 'inControlledShutdown', 'logDirectories'];

function eligibleText({ elr, lastKnownElr }: PartitionState): string {
  return `${elr.length === 0 ? '' : ` elr ${elr.join()}`}${lastKnownElr.length === 0 ? '' : ` last ${lastKnownElr.join()}`}`;
}

function fields(value: object): string {
  return Object.entries(value)
    .filter(([key, each]) => !QUIET_FIELDS.includes(key) || each === true)
    .map(([key, each]) => `${key} ${key.endsWith('Id') && typeof each === 'string' ? nameOf(each) : String(each)}`)
    .join(', ');
}
