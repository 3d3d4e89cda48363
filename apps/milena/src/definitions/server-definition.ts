import { Option, type Command } from 'commander';
import type { ServerOptions } from '../commands/server';
import { outputOption, repeated } from './option-kinds';
import type { ProgramContext } from './program-context';

/** `milena server` and `milena storage`: nodes by their configuration file. */
export function addServer(program: Command, { environment }: ProgramContext): void {
  program
    .command('server')
    .description('run the roles of a configuration file in one process')
    .option('--config <file>', 'a server.properties; KAFKA_* variables alone without it')
    .option('--set <key=value>', 'over the file and the environment; may be repeated', repeated, [])
    .option('--pretty', 'log lines for people even when stderr is no terminal', false)
    .action(async (options: ServerOptions) => (await import('../commands/server.js')).runServer(options, environment));
  const storage = program.command('storage').description('prepare and inspect log folders');
  storage
    .command('format')
    .description('prepare the log folder of a node, once, before its first start')
    .option('--config <file>', 'the server.properties of the node; KAFKA_* variables alone without it')
    .requiredOption('--cluster-id <id>', 'id of the cluster, as made by storage random-uuid')
    .option('--set <key=value>', 'over the file and the environment; may be repeated', repeated, [])
    .addOption(new Option('--standalone', 'first and only voter of a new quorum').conflicts('initialControllers'))
    .option('--initial-controllers <voters>', 'first voters of a new quorum: id@host:port:directoryId,...')
    .option('--no-initial-controllers', 'a controller that joins a quorum')
    .option('--feature <name=level>', 'level a new cluster starts with; may be repeated', repeated, [])
    .option('--release-version <version>', 'the metadata.version of a release of Kafka, as in 4.1')
    .option('--ignore-formatted', 'leave a folder that is already formatted as it is')
    .addOption(outputOption())
    .action(async (options) => (await import('../commands/storage.js')).formatStorageCommand(options, environment));
  storage
    .command('info')
    .description('show whose log folder it is')
    .option('--config <file>', 'the server.properties of the node; KAFKA_* variables alone without it')
    .addOption(outputOption())
    .action(async (options) => (await import('../commands/storage-info.js')).storageInfo(options, environment));
  storage
    .command('random-uuid')
    .description('make an id for a cluster or a folder')
    .action(async () => (await import('../commands/storage.js')).printRandomUuid());
}
