import { SERVER_KEYS, TOPIC_KEYS } from './config-tables';
import type { KeyDefinition, KeyTable } from './key-definition';
import { acceptedText } from './parse-value';
import { TOPIC_SYNONYMS } from './topic-synonyms';
import { UNSUPPORTED_KEYS, UNSUPPORTED_TOPIC_KEYS } from './unsupported-keys';

/** The text of docs/configuration.md, made from the definition table. */
export function renderConfiguration(): string {
  return [
    '# Configuration',
    '',
    'Generated from the definition table in `libs/config-schema`; edit it there.',
    '',
    "Keys are Kafka's own. A server reads them from `--config <file>` (Java properties), from `KAFKA_*` variables (`.` becomes",
    '`_`, `_` becomes `__`, `-` becomes `___`) and from `--set key=value`; the later of these wins. A misspelt key in a file',
    'ends the process with exit code 2; an unknown variable only warns.',
    '',
    '## Where we differ from Kafka',
    '',
    ...differences({ ...SERVER_KEYS, ...TOPIC_KEYS }),
    '',
    '## Server keys',
    '',
    '| key | default | accepts | read by | update | what it does |',
    '|---|---|---|---|---|---|',
    ...rows(SERVER_KEYS, ([key, definition]) => [
      `\`${key}\``,
      defaultText(definition),
      acceptedText(definition),
      readersText(definition),
      definition.update,
      definition.doc,
    ]),
    '',
    '## Topic keys',
    '',
    "A topic without a value of its own takes the broker's; the default stands where neither is given.",
    '',
    '| key | default | accepts | broker keys | what it does |',
    '|---|---|---|---|---|',
    ...rows(TOPIC_KEYS, ([key, definition]) => [
      `\`${key}\``,
      defaultText(definition),
      acceptedText(definition),
      synonymText(key),
      definition.doc,
    ]),
    '',
    '## Kafka keys without effect yet',
    '',
    "In a server's configuration each is named once in a warning:",
    '',
    UNSUPPORTED_KEYS.map((key) => `\`${key}\``).join(', ') + '.',
    '',
    'On a topic each is refused with INVALID_CONFIG:',
    '',
    UNSUPPORTED_TOPIC_KEYS.map((key) => `\`${key}\``).join(', ') + '.',
    '',
  ].join('\n');
}

function rows(table: KeyTable, cells: (entry: readonly [string, KeyDefinition]) => readonly string[]): string[] {
  return Object.entries(table)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map((entry) => `| ${cells(entry).join(' | ')} |`);
}

function differences(table: KeyTable): string[] {
  return Object.entries(table)
    .filter(([, definition]) => definition.differs !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, definition]) => `- \`${key}\`: ${definition.differs ?? ''}`);
}

function defaultText(definition: KeyDefinition): string {
  if (definition.required === true) return 'required';
  if (definition.default === undefined) return 'none';
  return definition.default === '' ? 'empty' : `\`${definition.default}\``;
}

function readersText({ scope }: KeyDefinition): string {
  if (scope === 'both') return 'broker, controller';
  return scope === 'all' ? 'every role' : scope;
}

function synonymText(key: string): string {
  const synonyms = Object.entries(TOPIC_SYNONYMS).find(([name]) => name === key)?.[1] ?? [];
  return synonyms.length === 0 ? '-' : synonyms.map((synonym) => `\`${synonym.key}\``).join(', ');
}
