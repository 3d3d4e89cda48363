import { isUtf8 } from 'node:buffer';
import { CommandFailure } from '../command-failure';

/** A record as `consume` prints it. */
export interface ConsumedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [key: Buffer, value: Buffer | null])[];
}

/** Turns a record into the bytes to print. */
export type RecordPrinter = (record: ConsumedRecord) => Buffer;

type Part = (record: ConsumedRecord) => Buffer | string;

const NOTHING = Buffer.alloc(0);
const FIELDS: Readonly<Record<string, Part>> = {
  t: ({ topic }) => topic,
  p: ({ partition }) => `${partition}`,
  o: ({ offset }) => `${offset}`,
  k: ({ key }) => key ?? NOTHING,
  v: ({ value }) => value ?? NOTHING,
  s: ({ value }) => value ?? NOTHING,
  T: ({ timestamp }) => `${timestamp}`,
  h: ({ headers }) => headers.map(([key, value]) => `${key.toString()}=${value?.toString() ?? ''}`).join(','),
  K: ({ key }) => `${key?.length ?? -1}`,
  S: ({ value }) => `${value?.length ?? -1}`,
  '%': () => '%',
};
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '0': '\0', '\\': '\\' };

/**
 * The printer for a format: `json` or `ndjson` for a line of JSON per record, else text in which `%t %p %o` stand for topic,
 * partition and offset, `%k %v` (or `%s`) for key and value byte for byte, `%K %S` for their lengths (-1 for null), `%T` for
 * the timestamp, `%h` for headers, and backslashes escape as in C. Throws CommandFailure for a letter that stands for nothing.
 */
export function recordPrinter(format: string): RecordPrinter {
  if (format === 'json' || format === 'ndjson') return (record) => Buffer.from(`${JSON.stringify(asData(record))}\n`);
  const parts = [...format.matchAll(/%(.?)|\\(.?)|[^%\\]+/gs)].map(([text, field, escape]): Part => {
    if (field !== undefined) return fieldPart(field);
    const plain = escape === undefined ? text : (ESCAPES[escape] ?? text);
    return () => plain;
  });
  return (record) => Buffer.concat(parts.map((part) => toBuffer(part(record))));
}

function fieldPart(field: string): Part {
  const part = Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined;
  if (part !== undefined) return part;
  const known = Object.keys(FIELDS)
    .map((each) => `%${each}`)
    .join(' ');
  throw new CommandFailure(2, `--format: %${field} stands for nothing; there are ${known}, json and ndjson`);
}

function toBuffer(part: Buffer | string): Buffer {
  return typeof part === 'string' ? Buffer.from(part) : part;
}

/** What is not text goes under another name, so that a reader never takes one for the other. */
function asData({ topic, partition, offset, timestamp, key, value, headers }: ConsumedRecord): object {
  return {
    topic,
    partition,
    offset,
    timestamp,
    ...textOrBase64('key', key),
    ...textOrBase64('value', value),
    headers: headers.map(([name, content]) => ({ key: name.toString(), ...textOrBase64('value', content) })),
  };
}

function textOrBase64(name: string, bytes: Buffer | null): object {
  if (bytes === null) return { [name]: null };
  return isUtf8(bytes) ? { [name]: bytes.toString() } : { [`${name}Base64`]: bytes.toString('base64') };
}
