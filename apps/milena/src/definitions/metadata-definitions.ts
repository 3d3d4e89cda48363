import { Option, type Command } from 'commander';
import type { DumpOptions } from '../commands/metadata-dump';
import type { OutputFormat } from '../output/printer';
import { outputOption, wholeNumber } from './option-kinds';

/** `milena quorum` and `milena metadata`. */
export function addQuorumAndMetadata(program: Command): void {
  program
    .command('quorum')
    .description('the metadata quorum')
    .command('describe')
    .description('show leader, epoch, high watermark, voters and observers')
    .addOption(
      new Option('--bootstrap-controller <host:port>', 'controllers to ask, separated by commas').default(
        '127.0.0.1:9093',
      ),
    )
    .addOption(outputOption())
    .action(async (options: { bootstrapController: string; output: OutputFormat }) =>
      (await import('../commands/quorum-describe.js')).describeQuorum(options),
    );
  program
    .command('metadata')
    .description('the metadata log on disk')
    .command('dump')
    .description('print every record of a metadata log')
    .argument('<folder>', 'a log folder, or its __cluster_metadata-0')
    .option('--from <offset>', 'first offset to print', wholeNumber, 0)
    .addOption(outputOption())
    .action(async (folder: string, options: DumpOptions) =>
      (await import('../commands/metadata-dump.js')).dumpMetadata(folder, options),
    );
}
