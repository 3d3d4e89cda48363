import { CommandFailure } from '../command-failure';

/** A key of a configuration and its text. */
export interface KeyValue {
  readonly name: string;
  readonly value: string;
}

/** Parses `key=value` texts; throws CommandFailure naming the option or argument that is not one. */
export function keyValues(texts: readonly string[], place: string): readonly KeyValue[] {
  return texts.map((text) => {
    const split = text.indexOf('=');
    if (split < 1) throw new CommandFailure(2, `${place} ${text}: must be key=value`);
    return { name: text.slice(0, split), value: text.slice(split + 1) };
  });
}
