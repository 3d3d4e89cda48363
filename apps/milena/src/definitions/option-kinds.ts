import { InvalidArgumentError, Option } from 'commander';
import { OUTPUT_FORMATS } from '../output/printer';

/** `-o, --output`: how to print. */
export function outputOption(): Option {
  const [byDefault] = OUTPUT_FORMATS;
  return new Option('-o, --output <format>', 'how to print').choices(OUTPUT_FORMATS).default(byDefault);
}

/** `--bootstrap-server`: which cluster. */
export function bootstrapServerOption(): Option {
  return new Option('-b, --bootstrap-server <host:port>', 'brokers to ask, separated by commas').default(
    '127.0.0.1:9092',
  );
}

/** A whole number from 0. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

/** A number of things: 1 to 32767. */
export function count(text: string): number {
  const value = wholeNumber(text);
  if (value < 1 || value > 32_767) throw new InvalidArgumentError('It must be from 1 to 32767.');
  return value;
}

/** A number of processes of one kind: 0 to 99. */
export function countOrNone(text: string): number {
  const value = wholeNumber(text);
  if (value > 99) throw new InvalidArgumentError('It must be from 0 to 99.');
  return value;
}

/** Collects an option that may be given several times. */
export function repeated(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}
