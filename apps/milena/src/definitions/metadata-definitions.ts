import { Argument, type Command } from 'commander';
import type { DumpOptions } from '../commands/metadata-dump';
import type { TailOptions } from '../commands/metadata-tail';
import { DEV_DATA, nodeFolder } from '../dev/dev-folders';
import { devKind } from '../dev/dev-kinds';
import type { OutputFormat } from '../output/printer';
import { outputOption, wholeNumber } from './option-kinds';

const LINES = 10;

/** `milena metadata` and `milena why`. */
export function addMetadata(program: Command): void {
  const metadata = program
    .command('metadata')
    .description('the metadata log on disk, read without touching it, also while its node runs');
  metadata
    .command('dump')
    .description('print every record of a metadata log')
    .addArgument(pathArgument())
    .option('--from <offset>', 'first offset to print', wholeNumber, 0)
    .addOption(outputOption())
    .action(async (path: string, options: DumpOptions) =>
      (await import('../commands/metadata-dump.js')).dumpMetadata(path, options),
    );
  metadata
    .command('tail')
    .description('print the last records of a metadata log, and those that come')
    .addArgument(pathArgument())
    .option('-n, --lines <n>', 'how many of the last records', wholeNumber, LINES)
    .option('-f, --follow', 'go on with what is written, until stopped')
    .addOption(outputOption())
    .action(async (path: string, options: TailOptions) =>
      (await import('../commands/metadata-tail.js')).tailMetadata(path, options),
    );
  metadata
    .command('at')
    .description('print all metadata as it was at an offset or a time')
    .argument('<point>', 'an offset, milliseconds since 1970, or a time as in 2026-11-22T07:00:00Z')
    .addArgument(pathArgument())
    .addOption(outputOption())
    .action(async (point: string, path: string, options: { output: OutputFormat }) =>
      (await import('../commands/metadata-at.js')).metadataAtCommand(point, path, options),
    );
  program
    .command('why')
    .description('print the records that led to the present state of something, and what caused them')
    .argument('<subject>', 'a partition (orders-3), broker:ID, or configuration (topic:NAME/KEY, broker:ID/KEY)')
    .addArgument(pathArgument())
    .addOption(outputOption())
    .action(async (subject: string, path: string, options: { output: OutputFormat }) =>
      (await import('../commands/why.js')).whyCommand(subject, path, options),
    );
}

/** Where the log is: of the first controller `milena dev` runs from the same folder, unless told otherwise. */
function pathArgument(): Argument {
  return new Argument('[path]', 'a log folder, its __cluster_metadata-0, or one segment or snapshot of that').default(
    nodeFolder(DEV_DATA, 'controller', devKind('controller').firstId),
  );
}
