import type { Argument, Command, Option } from 'commander';

/** A word that may stand where the cursor is. */
export interface Candidate {
  readonly word: string;
  readonly description: string;
}

/** Names only a cluster knows, asked of its brokers; never rejects, and gives up soon. */
export interface NameSource {
  names(kind: NameKind, bootstrapServer: string): Promise<readonly string[]>;
}

/** What the names are of. Arguments and options of these names are completed with them. */
export type NameKind = 'topic' | 'group' | 'broker';

const NAME_KINDS: readonly NameKind[] = ['topic', 'group', 'broker'];
const BOOTSTRAP = '--bootstrap-server';

/** The words typed so far, understood: in which command, which option waits for its value, which arguments are there. */
interface Typed {
  readonly command: Command;
  readonly waiting: Option | undefined;
  readonly given: readonly string[];
  readonly bootstrapServer: string | undefined;
}

/** What the last of `words` (those after the program's name; it may be empty) can be completed to. */
export async function completions(
  program: Command,
  words: readonly string[],
  source: NameSource,
): Promise<readonly Candidate[]> {
  const current = words.at(-1) ?? '';
  const typed = understand(program, words.slice(0, -1));
  const candidates = await candidatesFor(typed, current, source);
  return candidates.filter(({ word }) => word.startsWith(current));
}

async function candidatesFor(typed: Typed, current: string, source: NameSource): Promise<readonly Candidate[]> {
  const { command, waiting, given } = typed;
  if (waiting !== undefined) return valuesOf(waiting.attributeName(), waiting.argChoices, typed, source);
  const help = command.createHelp();
  if (current.startsWith('-')) {
    return help.visibleOptions(command).map(({ long, short, description }) => plain(long ?? short ?? '', description));
  }
  const commands = help.visibleCommands(command);
  if (commands.length > 0) return commands.map((each) => plain(each.name(), each.description()));
  const argument = argumentAt(command, given.length);
  return argument === undefined ? [] : valuesOf(argument.name(), argument.argChoices, typed, source);
}

function argumentAt({ registeredArguments }: Command, index: number): Argument | undefined {
  const last = registeredArguments.at(-1);
  return registeredArguments[index] ?? (last?.variadic === true ? last : undefined);
}

async function valuesOf(
  name: string,
  choices: readonly string[] | undefined,
  { command, given, bootstrapServer }: Typed,
  source: NameSource,
): Promise<readonly Candidate[]> {
  if (choices !== undefined) return choices.map((choice) => plain(choice, ''));
  // `config get <resource> <name>`: the first argument says what the second is the name of.
  const meant = name === 'name' ? given[0] : name;
  const kind = NAME_KINDS.find((each) => each === meant);
  const option = command.options.find(({ long }) => long === BOOTSTRAP);
  if (kind === undefined || option === undefined) return [];
  const names = await source.names(kind, bootstrapServer ?? String(option.defaultValue));
  return names.map((each) => plain(each, kind));
}

function understand(program: Command, words: readonly string[]): Typed {
  let command = program;
  let waiting: Option | undefined;
  let given: string[] = [];
  let bootstrapServer: string | undefined;
  for (const word of words) {
    if (waiting !== undefined) {
      if (waiting.long === BOOTSTRAP) bootstrapServer = word;
      waiting = undefined;
    } else if (word.startsWith('-')) {
      const [flag = '', value] = word.split('=', 2);
      const option = command.options.find(({ long, short }) => long === flag || short === flag);
      if (value !== undefined && option?.long === BOOTSTRAP) bootstrapServer = value;
      if (value === undefined && option?.required === true) waiting = option;
    } else {
      const next = command.commands.find((each) => each.name() === word);
      if (next === undefined) given = [...given, word];
      else [command, given] = [next, []];
    }
  }
  return { command, waiting, given, bootstrapServer };
}

function plain(word: string, description: string): Candidate {
  return { word, description };
}
