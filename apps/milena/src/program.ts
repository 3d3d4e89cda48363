import { Command } from 'commander';
import { addBroker, addConfig, addFeatures, addGroup, addTopic } from './definitions/cluster-definitions';
import { addCompletion } from './definitions/completion-definition';
import { addDev } from './definitions/dev-definition';
import { addMetadata } from './definitions/metadata-definitions';
import type { ProgramContext } from './definitions/program-context';
import { addQuorum } from './definitions/quorum-definition';
import { addRecords } from './definitions/record-definitions';
import { addServer } from './definitions/server-definition';

/** The command line. What a command needs is loaded when it is run, because most commands need little. */
export function createProgram(context: ProgramContext): Command {
  const program = new Command('milena')
    .description('A Kafka-compatible event-streaming platform: run it, and look into it.')
    .version('0.1.0')
    .configureOutput({ outputError: (text, write) => write(usageLine(text)) })
    .exitOverride();
  addDev(program, context);
  addRecords(program);
  addTopic(program);
  addGroup(program);
  addBroker(program);
  addConfig(program);
  addFeatures(program);
  addQuorum(program, context);
  addMetadata(program);
  addServer(program, context);
  addCompletion(program);
  return program;
}

/** What commander says is wrong with the arguments, as one line. */
function usageLine(text: string): string {
  const [problem = '', ...rest] = text
    .trim()
    .replace(/^error: /, '')
    .split('\n');
  const said = [problem.replace(/\.$/, ''), ...rest.map((line) => line.replace(/^\(Did(.*)\)$/, 'did$1'))].join(', ');
  return `milena: ${said}${said.endsWith('?') ? '' : ';'} --help shows what is possible\n`;
}
