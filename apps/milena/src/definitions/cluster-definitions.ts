import { Argument, type Command } from 'commander';
import type { ClusterOptions } from '../commands/cluster-options';
import type { ConfigGetOptions, ConfigResource, ConfigSetOptions } from '../commands/config-commands';
import type { ElectLeaderOptions } from '../commands/elect-leader';
import type { FeatureChangeOptions } from '../commands/feature-commands';
import type { ReassignOptions } from '../commands/reassign-commands';
import type { CreateOptions } from '../commands/topic-commands';
import { bootstrapServerOption, count, outputOption, repeated } from './option-kinds';

/** A command that asks brokers and prints what they say. */
function clusterCommand(parent: Command, name: string, description: string): Command {
  return parent.command(name).description(description).addOption(bootstrapServerOption()).addOption(outputOption());
}

/** `milena topic`. */
export function addTopic(program: Command): void {
  const topic = program.command('topic').description('create, describe, move and delete topics');
  const commands = () => import('../commands/topic-commands.js');
  clusterCommand(topic, 'create', 'create a topic')
    .argument('<name>', 'name of the new topic')
    .option('--partitions <n>', "number of partitions; the cluster's default without it", count)
    .option('--replication-factor <n>', "replicas of each partition; the cluster's default without it", count)
    .option('--config <key=value>', 'a topic key; may be repeated', repeated, [])
    .option('--if-not-exists', 'succeed when the topic is there already')
    .action(async (name: string, options: CreateOptions) => (await commands()).createTopic(name, options));
  clusterCommand(topic, 'list', 'list the topics').action(async (options: ClusterOptions) =>
    (await commands()).listTopics(options),
  );
  clusterCommand(topic, 'describe', 'show leader, replicas and ISR of every partition')
    .argument('<topic...>')
    .action(async (names: string[], options: ClusterOptions) => (await commands()).describeTopics(names, options));
  clusterCommand(topic, 'add-partitions', 'give a topic more partitions')
    .argument('<topic>')
    .requiredOption('--total <n>', 'their number afterwards', count)
    .action(async (name: string, options: ClusterOptions & { total: number }) =>
      (await commands()).addPartitions(name, options),
    );
  addPlacement(topic);
  clusterCommand(topic, 'delete', 'delete topics and all their records')
    .argument('<topic...>')
    .action(async (names: string[], options: ClusterOptions) => (await commands()).removeTopics(names, options));
}

function addPlacement(topic: Command): void {
  const reassigning = () => import('../commands/reassign-commands.js');
  clusterCommand(topic, 'reassign', 'move replicas of a topic to other brokers, or take that back')
    .argument('<topic>')
    .argument('[partition=brokers...]', 'where partitions are to be, as 0=1,2,3; with --cancel their numbers alone')
    .option('--cancel', 'take back what is under way: of the partitions named, or of all')
    .option('--keep-replication-factor', 'refuse to add or remove replicas on balance')
    .option('--wait', 'go on until nothing of the topic is on the move any more')
    .action(async (name: string, words: string[], options: ReassignOptions) =>
      (await reassigning()).reassignTopic(name, words, options),
    );
  clusterCommand(topic, 'reassignments', 'show which partitions are on the move')
    .argument('[topic...]')
    .action(async (names: string[], options: ClusterOptions) =>
      (await reassigning()).listReassignments(names, options),
    );
  clusterCommand(topic, 'elect-leader', 'give leaderships back to the preferred replicas')
    .argument('[topic]', 'whose partitions; those of all topics without it')
    .option('--partition <n>', 'only this one; may be repeated', repeated, [])
    .option('--unclean', 'elect any replica for partitions without a leader, although records may be lost')
    .action(async (name: string | undefined, options: ElectLeaderOptions) =>
      (await import('../commands/elect-leader.js')).electLeader(name, options),
    );
}

/** `milena features`. */
export function addFeatures(program: Command): void {
  const features = program.command('features').description('show and change the levels of versioned features');
  const commands = () => import('../commands/feature-commands.js');
  clusterCommand(features, 'describe', 'show levels in force and supported').action(async (options: ClusterOptions) =>
    (await commands()).describeFeatures(options),
  );
  clusterCommand(features, 'upgrade', 'raise levels, all or none')
    .argument('<feature=level...>')
    .option('--validate-only', 'check the change and do not carry it out')
    .action(async (words: string[], options: FeatureChangeOptions) =>
      (await commands()).changeFeatures('upgrade', words, options),
    );
  clusterCommand(features, 'downgrade', 'lower levels, all or none; 0 puts a feature out of force')
    .argument('<feature=level...>')
    .option('--unsafe', 'even if metadata is lost by it')
    .option('--validate-only', 'check the change and do not carry it out')
    .action(async (words: string[], options: FeatureChangeOptions) =>
      (await commands()).changeFeatures('downgrade', words, options),
    );
}

/** `milena group`. */
export function addGroup(program: Command): void {
  const group = program.command('group').description('list, describe and delete consumer groups');
  clusterCommand(group, 'list', 'list the groups of all coordinators').action(async (options: ClusterOptions) =>
    (await import('../commands/group-list.js')).listGroupsCommand(options),
  );
  clusterCommand(group, 'describe', 'show members, assignments, offsets and lag')
    .argument('<group...>')
    .action(async (ids: string[], options: ClusterOptions) =>
      (await import('../commands/group-describe.js')).describeGroupsCommand(ids, options),
    );
  clusterCommand(group, 'delete', 'forget groups without members, and their offsets')
    .argument('<group...>')
    .action(async (ids: string[], options: ClusterOptions) =>
      (await import('../commands/group-delete.js')).deleteGroupsCommand(ids, options),
    );
}

/** `milena broker`. */
export function addBroker(program: Command): void {
  const broker = program.command('broker').description('list and describe brokers');
  const commands = () => import('../commands/broker-commands.js');
  clusterCommand(broker, 'list', 'list the brokers and how many replicas each has').action(
    async (options: ClusterOptions) => (await commands()).listBrokers(options),
  );
  clusterCommand(broker, 'describe', 'show brokers one by one')
    .argument('<broker...>')
    .action(async (ids: string[], options: ClusterOptions) => (await commands()).describeBrokers(ids, options));
}

/** `milena config`. */
export function addConfig(program: Command): void {
  const config = program.command('config').description('show and change the configuration of topics and brokers');
  const resource = () => new Argument('<resource>', 'whose configuration').choices(['topic', 'broker']);
  const commands = () => import('../commands/config-commands.js');
  clusterCommand(config, 'get', 'show keys, their values and where these come from')
    .addArgument(resource())
    .argument('<name>', 'name of the topic, id of the broker')
    .argument('[key...]', 'only these')
    .option('--changed', 'only what somebody has set')
    .action(async (kind: ConfigResource, name: string, keys: string[], options: ConfigGetOptions) =>
      (await commands()).getConfig(kind, name, keys, options),
    );
  clusterCommand(config, 'set', 'change keys and leave the others')
    .addArgument(resource())
    .argument('<name>', 'name of the topic, id of the broker')
    .argument('[key=value...]', 'what to set')
    .option('--delete <key>', 'give a key back to its default; may be repeated', repeated, [])
    .option('--validate-only', 'check the change and do not carry it out')
    .action(async (kind: ConfigResource, name: string, settings: string[], options: ConfigSetOptions) =>
      (await commands()).setConfig(kind, name, settings, options),
    );
}
