import { MalformedInput } from '@milena/bytes';

const VERSION = '0';

/** Kafka's checkpoint text: version 0, the number of lines, then one line an entry. */
export function formatCheckpoint(lines: readonly string[]): string {
  return `${[VERSION, String(lines.length), ...lines].join('\n')}\n`;
}

/** The lines of a checkpoint; MalformedInput when version or count are wrong. */
export function parseCheckpoint(text: string): readonly string[] {
  const [version, count, ...lines] = text.split('\n');
  if (version !== VERSION) throw new MalformedInput(`checkpoint of version ${JSON.stringify(version)}`);
  while (lines.at(-1) === '') lines.pop();
  if (count !== String(lines.length)) throw new MalformedInput(`checkpoint says ${count} lines, has ${lines.length}`);
  return lines;
}

/** A decimal integer of 0 or more in a checkpoint. */
export function parseCheckpointNumber(text: string | undefined): number {
  if (text === undefined || !/^\d{1,16}$/.test(text)) throw new MalformedInput(`not a number: ${JSON.stringify(text)}`);
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new MalformedInput(`number out of range: ${text}`);
  return value;
}
