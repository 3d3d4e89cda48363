import { Argument, type Command } from 'commander';
import type { ClusterOptions } from '../commands/cluster-options';
import type { ConfigGetOptions, ConfigResource, ConfigSetOptions } from '../commands/config-commands';
import type { CreateOptions } from '../commands/topic-commands';
import { bootstrapServerOption, count, outputOption, repeated } from './option-kinds';

/** A command that asks brokers and prints what they say. */
function clusterCommand(parent: Command, name: string, description: string): Command {
  return parent.command(name).description(description).addOption(bootstrapServerOption()).addOption(outputOption());
}

/** `milena topic`. */
export function addTopic(program: Command): void {
  const topic = program.command('topic').description('create, list, describe and delete topics');
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
  clusterCommand(topic, 'delete', 'delete topics and all their records')
    .argument('<topic...>')
    .action(async (names: string[], options: ClusterOptions) => (await commands()).removeTopics(names, options));
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
