import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { OutputFormat } from './output/printer';
import type { DevOptions } from './dev/dev-options';
import type { CreateOptions, TopicOptions } from './commands/topic-commands';

/** What the program takes from the process. */
export interface ProgramContext {
  readonly environment: NodeJS.ProcessEnv;
}

/** The command line. What a command needs is loaded when it is run, because most commands need little. */
export function createProgram(context: ProgramContext): Command {
  const program = new Command('milena')
    .description('A Kafka-compatible event-streaming platform: run it, and look into it.')
    .version('0.1.0')
    .showHelpAfterError('(add --help for what is possible)')
    .exitOverride();
  addDev(program, context);
  addServer(program, context);
  addStorage(program, context);
  addTopic(program);
  addQuorum(program);
  addMetadata(program);
  return program;
}

function addDev(program: Command, { environment }: ProgramContext): void {
  program
    .command('dev')
    .description('run a cluster for development on this machine')
    .option('--controllers <n>', 'number of controllers', count, 1)
    .option(
      '--brokers <n>',
      'number of brokers; more than one of a kind runs every service as a process of its own',
      count,
      1,
    )
    .option('--gateways <n>', 'number of admin gateways', wholeNumber, 0)
    .option('--shims <n>', 'number of ZooKeeper shims', wholeNumber, 0)
    .option('--data <folder>', 'where the data goes', '.milena/dev')
    .option('--any-port', 'let the system choose the ports', false)
    .option('--set <key=value>', 'a configuration key for every node; may be repeated', repeated, [])
    .option('--json', 'logs on stderr, one line on stdout when ready', false)
    .action(async (options: DevOptions) => {
      const { runDev } = await import('./dev/dev-command.js');
      runDev({ ...options, data: resolve(options.data) }, environment);
    });
}

function addServer(program: Command, { environment }: ProgramContext): void {
  program
    .command('server')
    .description('run the roles of a configuration file in one process')
    .requiredOption('--config <file>', 'a server.properties')
    .option('--set <key=value>', 'over the file and the environment; may be repeated', repeated, [])
    .option('--pretty', 'log lines for people even when stderr is no terminal', false)
    .action(async (options: { config: string; set: string[]; pretty: boolean }) => {
      const { runServer } = await import('./commands/server.js');
      runServer(options, environment);
    });
}

function addStorage(program: Command, { environment }: ProgramContext): void {
  const storage = program.command('storage').description('prepare and inspect log folders');
  storage
    .command('format')
    .description('prepare the log folder of a node, once, before its first start')
    .requiredOption('--config <file>', 'the server.properties of the node')
    .requiredOption('--cluster-id <id>', 'id of the cluster, as made by storage random-uuid')
    .option('--set <key=value>', 'over the file and the environment; may be repeated', repeated, [])
    .option('--standalone', 'first and only voter of a new quorum')
    .option('--initial-controllers <voters>', 'first voters of a new quorum: id@host:port:directoryId,...')
    .option('--no-initial-controllers', 'a controller that joins a quorum')
    .option('--ignore-formatted', 'leave a folder that is already formatted as it is')
    .addOption(outputOption())
    .action(async (options) => (await import('./commands/storage.js')).formatStorageCommand(options, environment));
  storage
    .command('info')
    .description('show whose log folder it is')
    .requiredOption('--config <file>', 'the server.properties of the node')
    .addOption(outputOption())
    .action(async (options) => (await import('./commands/storage.js')).storageInfo(options, environment));
  storage
    .command('random-uuid')
    .description('make an id for a cluster or a folder')
    .action(async () => (await import('./commands/storage.js')).printRandomUuid());
}

function addTopic(program: Command): void {
  const topic = program.command('topic').description('create, list, describe and delete topics');
  const broker = () =>
    new Option('--bootstrap-server <host:port>', 'brokers to ask, separated by commas').default('localhost:9092');
  topic
    .command('create <name>')
    .description('create a topic')
    .option('--partitions <n>', "number of partitions; the cluster's default without it", count)
    .option('--replication-factor <n>', "replicas of each partition; the cluster's default without it", count)
    .option('--config <key=value>', 'a topic key; may be repeated', repeated, [])
    .option('--if-not-exists', 'succeed when the topic is there already')
    .addOption(broker())
    .addOption(outputOption())
    .action(async (name: string, options: CreateOptions) =>
      (await import('./commands/topic-commands.js')).createTopic(name, options),
    );
  topic
    .command('list')
    .description('list the topics')
    .addOption(broker())
    .addOption(outputOption())
    .action(async (options: TopicOptions) => (await import('./commands/topic-commands.js')).listTopics(options));
  topic
    .command('describe <name...>')
    .description('show leader, replicas and ISR of every partition')
    .addOption(broker())
    .addOption(outputOption())
    .action(async (names: string[], options: TopicOptions) =>
      (await import('./commands/topic-commands.js')).describeTopics(names, options),
    );
  topic
    .command('delete <name...>')
    .description('delete topics and all their records')
    .addOption(broker())
    .addOption(outputOption())
    .action(async (names: string[], options: TopicOptions) =>
      (await import('./commands/topic-commands.js')).removeTopics(names, options),
    );
}

function addQuorum(program: Command): void {
  program
    .command('quorum')
    .description('the metadata quorum')
    .command('describe')
    .description('show leader, epoch, high watermark, voters and observers')
    .addOption(
      new Option('--bootstrap-controller <host:port>', 'controllers to ask, separated by commas').default(
        'localhost:9093',
      ),
    )
    .addOption(outputOption())
    .action(async (options: { bootstrapController: string; output: OutputFormat }) =>
      (await import('./commands/quorum-describe.js')).describeQuorum(options),
    );
}

function addMetadata(program: Command): void {
  program
    .command('metadata')
    .description('the metadata log on disk')
    .command('dump <folder>')
    .description('print every record of a metadata log: a log folder, or its __cluster_metadata-0')
    .option('--from <offset>', 'first offset to print', wholeNumber, 0)
    .addOption(outputOption())
    .action(async (folder: string, options: { from: number; output: OutputFormat }) =>
      (await import('./commands/metadata-dump.js')).dumpMetadata(folder, options),
    );
}

function outputOption(): Option {
  return new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table');
}

function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

function count(text: string): number {
  const value = wholeNumber(text);
  if (value < 1 || value > 32_767) throw new InvalidArgumentError('It must be from 1 to 32767.');
  return value;
}

function repeated(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}
