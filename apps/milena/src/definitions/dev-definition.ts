import { resolve } from 'node:path';
import type { Command } from 'commander';
import { DEV_DATA } from '../dev/dev-folders';
import type { DevOptions } from '../dev/dev-options';
import { bootstrapServerOption, count, countOrNone, repeated } from './option-kinds';
import type { ProgramContext } from './program-context';

/** `milena dev`. */
export function addDev(program: Command, { environment }: ProgramContext): void {
  program
    .command('dev')
    .description('run a cluster for development on this machine')
    .option('--controllers <n>', 'number of controllers; more than one of a kind runs every service apart', count, 1)
    .option('--brokers <n>', 'number of brokers', count, 1)
    .option('--gateways <n>', 'number of admin gateways', countOrNone, 1)
    .option('--shims <n>', 'number of ZooKeeper shims', countOrNone, 1)
    .option('--data <folder>', 'where the data goes', DEV_DATA)
    .option('--any-port', 'listen on any ports that are free', false)
    .option('--demo', 'example topics with traffic and consumer groups, one of which lags', false)
    .option('--set <key=value>', 'a configuration key for every node; may be repeated', repeated, [])
    .option('--json', 'logs on stderr, one line on stdout when ready', false)
    .action(async (options: DevOptions) => {
      const { runDev } = await import('../dev/dev-command.js');
      runDev({ ...options, data: resolve(options.data) }, environment);
    });
  program
    .command('demo-traffic', { hidden: true })
    .addOption(bootstrapServerOption())
    .action(async ({ bootstrapServer }: { bootstrapServer: string }) =>
      (await import('../demo/demo-traffic.js')).runDemoTraffic(bootstrapServer),
    );
}
