import { Option, type Command } from 'commander';
import type { ConsumeOptions } from '../commands/consume';
import type { ProduceOptions } from '../commands/produce';
import { bootstrapServerOption, outputOption, repeated, wholeNumber } from './option-kinds';

/** `milena produce` and `milena consume`. */
export function addRecords(program: Command): void {
  program
    .command('produce')
    .description('write a record per line of standard input')
    .argument('<topic>')
    .option('-k, --key-separator <text>', 'divides each line into key and value')
    .option('-H, --header <name:value>', 'a header of every record; may be repeated', repeated, [])
    .option('-p, --partition <n>', 'the partition; by key, or in turn, without it', wholeNumber)
    .addOption(new Option('--acks <n>', 'who confirms').choices(['0', '1', 'all']).default('all'))
    .addOption(
      new Option('-z, --compression <codec>', 'how batches are compressed')
        .choices(['none', 'gzip', 'snappy', 'lz4', 'zstd'])
        .default('none'),
    )
    .addOption(bootstrapServerOption())
    .addOption(outputOption())
    .action(async (topic: string, options: ProduceOptions) =>
      (await import('../commands/produce.js')).produceLines(topic, options, process.stdin),
    );
  program
    .command('consume')
    .description('print records as they come')
    .argument('<topic...>')
    .option('-o, --offset <where>', 'start, end, N, -N (the last N) or +N (skip N)', 'start')
    .option('-p, --partition <n>', 'only this partition; may be repeated', partitions, [])
    .option('-g, --group <group>', 'share the partitions in a consumer group, and commit what was printed')
    .option('-n, --count <n>', 'end after so many records', wholeNumber)
    .option('-f, --format <format>', 'json, ndjson, or text with %t %p %o %k %v %T %h, \\n ...', '%v\\n')
    .option('-e, --exit', 'end at what is the end now', false)
    .option('--timeout <ms>', 'give up after this long, with exit code 124', wholeNumber)
    .addOption(bootstrapServerOption())
    .action(async (topics: string[], options: ConsumeOptions) =>
      (await import('../commands/consume.js')).consumeRecords(topics, options),
    );
}

function partitions(text: string, before: readonly number[]): readonly number[] {
  return [...before, wholeNumber(text)];
}
