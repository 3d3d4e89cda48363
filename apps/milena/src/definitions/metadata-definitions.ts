import type { Command } from 'commander';
import type { DumpOptions } from '../commands/metadata-dump';
import { outputOption, wholeNumber } from './option-kinds';

/** `milena metadata`. */
export function addMetadata(program: Command): void {
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
