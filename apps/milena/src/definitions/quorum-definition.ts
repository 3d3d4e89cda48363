import { Option, type Command } from 'commander';
import type { DescribeOptions } from '../commands/quorum-describe';
import type { RecoverOptions } from '../commands/quorum-recover';
import type { AddControllerOptions, RemoveControllerOptions } from '../commands/quorum-voters';
import { outputOption, wholeNumber } from './option-kinds';
import type { ProgramContext } from './program-context';

const TIMEOUT_MS = 30_000;

/** `milena quorum`. */
export function addQuorum(program: Command, { environment }: ProgramContext): void {
  const quorum = program.command('quorum').description('the metadata quorum: who votes, who leads, how far they are');
  const voters = () => import('../commands/quorum-voters.js');
  quorumCommand(quorum, 'describe', 'show leader, epoch, high watermark, voters and observers')
    .option('--status', 'only who leads, how far, and who votes')
    .option('--replication', 'only how far every replica is')
    .action(async (options: DescribeOptions) =>
      (await import('../commands/quorum-describe.js')).describeQuorum(options),
    );
  quorumCommand(quorum, 'add-controller', 'make a controller that follows the log a voter; run it beside its folder')
    .option('--config <file>', 'the server.properties of that controller; KAFKA_* variables alone without it')
    .addOption(timeoutOption())
    .action(async (options: AddControllerOptions) => (await voters()).addController(options, environment));
  quorumCommand(quorum, 'remove-controller', 'take a voter out of the quorum, be it running or gone')
    .requiredOption('--controller-id <id>', 'its node id', wholeNumber)
    .requiredOption('--controller-directory-id <id>', 'its directory id, as quorum describe shows it')
    .addOption(timeoutOption())
    .action(async (options: RemoveControllerOptions) => (await voters()).removeController(options));
  quorum
    .command('recover')
    .description('go on without a majority: make this stopped controller the only voter, with the log it has')
    .option('--config <file>', 'the server.properties of that controller; KAFKA_* variables alone without it')
    .option('--yes-i-accept-data-loss <cluster-id>', 'do it; without this, only show what would be done')
    .addOption(outputOption())
    .action(async (options: RecoverOptions) =>
      (await import('../commands/quorum-recover.js')).recoverQuorumCommand(options, environment),
    );
}

/** A command that asks controllers. */
function quorumCommand(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .addOption(
      new Option('--bootstrap-controller <host:port>', 'controllers to ask, separated by commas').default(
        '127.0.0.1:9093',
      ),
    )
    .addOption(outputOption());
}

function timeoutOption(): Option {
  return new Option('--timeout <ms>', 'how long the quorum may take').argParser(wholeNumber).default(TIMEOUT_MS);
}
