import type { ErrorName } from '@milena/model';
import type { GroupSettings } from '../index';
import { Scenario } from './scenario';

const SETTING_NAMES: Readonly<Record<string, keyof GroupSettings>> = {
  delay: 'initialRebalanceDelayMs',
  max: 'membersMax',
  retention: 'offsetsRetentionMs',
  check: 'retentionCheckMs',
};

/**
 * Plays a transcript: lines that begin with `> ` are commands to a coordinator, the lines below each are what it did, up to
 * an empty line. Everything else is prose. Returns the same text with the outputs as they are now.
 *
 * Clients have names and remember the member id and the generation they were told; options overrule that. Commands:
 * `coordinator [delay=] [max=] [retention=] [check=]` begins anew; `failover` has another one load what was
 * committed, with other settings if they are given;
 * `join GROUP NAME [member=] [instance=] [protocols=a,b] [topics=a,b] [session=] [rebalance=] [type=] [known] [no-skip]`;
 * `sync GROUP NAME [generation=] [member=] [instance=] [protocol=] [assign=NAME:text,...]`;
 * `heartbeat GROUP NAME [generation=] [member=] [instance=]`; `leave GROUP NAME... [instance=]`;
 * `commit GROUP NAME TOPIC-P=OFFSET... [generation=] [member=] [instance=] [keep=] [text=]`, NAME `-` for nobody;
 * `fetch GROUP [TOPIC-P...]`; `describe GROUP`; `list [states=] [types=]`; `delete GROUP`; `delete-offsets GROUP TOPIC-P...`;
 * `topic-deleted TOPIC`; `wait MS`; `hold` keeps writes uncommitted until `release [ERROR]`.
 */
export function playTranscript(text: string): string {
  const output: string[] = [];
  let scenario = new Scenario();
  for (const block of text.split('\n\n')) {
    const lines = block.split('\n');
    if (!lines[0]?.startsWith('> ')) {
      output.push(block);
      continue;
    }
    const played = lines
      .filter((line) => line.startsWith('> '))
      .flatMap((line) => {
        const command = new Command(line.slice(2).split(' '));
        if (command.name === 'coordinator') scenario = new Scenario(command.settings());
        else run(scenario, command);
        return [line, ...scenario.lines.splice(0).map((each) => `  ${each}`)];
      });
    output.push(played.join('\n'));
  }
  return `${output.join('\n\n').trimEnd()}\n`;
}

class Command {
  readonly name: string;
  readonly target: string;
  /** Words without an equals sign, and those that name a partition. */
  readonly words: string[] = [];
  readonly #options = new Map<string, string>();

  constructor([name = '', ...rest]: readonly string[]) {
    this.name = name;
    for (const word of rest) {
      const [key = '', value] = word.split('=');
      if (value === undefined || /-\d+$/.test(key)) this.words.push(word);
      else this.#options.set(key, value);
    }
    this.target = this.words.shift() ?? '';
  }

  text<K extends string>(option: string, as: K): Partial<Record<K, string>> {
    const value = this.#options.get(option);
    return value === undefined ? {} : ({ [as]: value } as Partial<Record<K, string>>);
  }

  number<K extends string>(option: string, as: K): Partial<Record<K, number>> {
    const value = this.#options.get(option);
    return value === undefined ? {} : ({ [as]: Number(value) } as Partial<Record<K, number>>);
  }

  list(option: string): string[] {
    const value = this.#options.get(option);
    return value === undefined || value === '' ? [] : value.split(',');
  }

  has(word: string): boolean {
    return this.words.includes(word);
  }

  settings(): Partial<GroupSettings> {
    const words = this.target === '' ? [] : [this.target];
    if (words.length > 0) throw new Error(`unknown setting ${this.target}`);
    return Object.assign({}, ...Object.entries(SETTING_NAMES).map(([word, key]) => this.number(word, key)));
  }
}

function run(scenario: Scenario, command: Command): void {
  const { target: groupId, words } = command;
  const [name = ''] = words;
  const { memberId, generationId } = scenario.client(name);
  const claim = {
    groupId,
    memberId,
    ...command.text('member', 'memberId'),
    ...command.text('instance', 'groupInstanceId'),
  };
  const member = { ...claim, generationId, ...command.number('generation', 'generationId') };
  switch (command.name) {
    case 'join':
      return scenario.join(name, {
        ...claim,
        topics: command.list('topics'),
        requiresKnownMemberId: command.has('known'),
        supportsSkippingAssignment: !command.has('no-skip'),
        ...command.text('type', 'protocolType'),
        ...command.number('session', 'sessionTimeoutMs'),
        ...command.number('rebalance', 'rebalanceTimeoutMs'),
        ...(command.list('protocols').length === 0 ? {} : { protocols: protocols(command.list('protocols')) }),
      });
    case 'sync': {
      const assignments = command.list('assign').map((given) => {
        const [to = '', text = ''] = given.split(':');
        return { memberId: scenario.client(to).memberId, assignment: Buffer.from(text) };
      });
      return scenario.sync(name, { ...member, ...command.text('protocol', 'protocolName'), assignments });
    }
    case 'heartbeat':
      return scenario.heartbeat(name, member);
    case 'leave': {
      const members = words.map((each) => ({ memberId: scenario.client(each).memberId }));
      const instances = command.list('instance').map((groupInstanceId) => ({ memberId: '', groupInstanceId }));
      return scenario.leave({ groupId, members: [...members, ...instances] });
    }
    case 'commit': {
      const metadata = command.list('text')[0] ?? '';
      const topics = byTopic(words.slice(1), (partition, offset) => {
        return { partition, offset: Number(offset), leaderEpoch: -1, metadata };
      });
      const keep = command.number('keep', 'retentionTimeMs');
      return scenario.commit(name, { ...member, ...keep, topics });
    }
    default:
      return administer(scenario, command);
  }
}

function administer(scenario: Scenario, command: Command): void {
  const { target, words } = command;
  switch (command.name) {
    case 'fetch':
      return scenario.fetch({
        groupId: target,
        ...(words.length === 0 ? {} : { topics: byTopic(words, (index) => index) }),
      });
    case 'describe':
      return scenario.describe(target);
    case 'list':
      return scenario.list(command.list('states'), command.list('types'));
    case 'delete':
      return scenario.deleteGroup(target);
    case 'delete-offsets':
      return scenario.deleteOffsets({ groupId: target, topics: byTopic(words, (index) => index) });
    case 'topic-deleted':
      return scenario.topicsDeleted([target]);
    case 'wait':
      return scenario.wait(Number(target));
    case 'hold':
      scenario.isHolding = true;
      return;
    case 'release':
      return scenario.release(target === '' ? undefined : (target as ErrorName));
    case 'failover':
      return scenario.failover(command.settings());
    default:
      throw new Error(`unknown command ${command.name}`);
  }
}

function protocols(names: readonly string[]) {
  return names.map((name) => ({ name, metadata: Buffer.alloc(0) }));
}

function byTopic<T>(words: readonly string[], of: (partition: number, value: string) => T) {
  return words.map((word) => {
    const [key = '', value = ''] = word.split('=');
    const dash = key.lastIndexOf('-');
    return { topic: key.slice(0, dash), partitions: [of(Number(key.slice(dash + 1)), value)] };
  });
}
