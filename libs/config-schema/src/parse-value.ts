import { unreachable } from '@milena/model';
import type { KeyDefinition } from './key-definition';

const INT_MIN = -2147483648;
const INT_MAX = 2147483647;
const LONG_MIN = -(2n ** 63n);
const LONG_MAX = 2n ** 63n - 1n;

/** A value read from text, or what is wrong with the text, as the end of a sentence that began with the key. */
export type ParsedText =
  | { readonly ok: true; readonly value: boolean | number | string | readonly string[] }
  | { readonly ok: false; readonly message: string };

/** Reads the text of a key by its definition. A long beyond 2^53 saturates; its text stays the faithful form. */
export function parseValue(definition: KeyDefinition, text: string): ParsedText {
  const trimmed = text.trim();
  switch (definition.type) {
    case 'boolean':
      return parseBoolean(definition, trimmed);
    case 'int':
    case 'long':
      return parseInteger(definition, trimmed);
    case 'double':
      return parseDouble(definition, trimmed);
    case 'enum':
      return definition.values?.includes(trimmed) === true
        ? { ok: true, value: trimmed }
        : refused(definition, trimmed);
    case 'list':
      return parseList(definition, trimmed);
    case 'string':
      return { ok: true, value: trimmed };
    default:
      return unreachable(definition.type);
  }
}

/** What a key accepts: `an integer of 1048576 or more, in bytes`. */
export function acceptedText(definition: KeyDefinition): string {
  const unit = definition.unit === undefined ? '' : `, in ${definition.unit}`;
  switch (definition.type) {
    case 'boolean':
      return 'true or false';
    case 'int':
    case 'long':
      return `an integer${rangeText(definition)}${unit}`;
    case 'double':
      return `a number${rangeText(definition)}${unit}`;
    case 'enum':
      return (definition.values ?? []).join(' or ');
    case 'list':
      return definition.values === undefined
        ? 'a list separated by commas'
        : `a list of ${definition.values.join(', ')}, each at most once`;
    case 'string':
      return 'a text';
    default:
      return unreachable(definition.type);
  }
}

function rangeText({ min, max }: KeyDefinition): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` of ${min} or more`;
  return max === undefined ? '' : ` of ${max} or less`;
}

function refused(definition: KeyDefinition, text: string): ParsedText {
  const shown = definition.sensitive === true ? '' : ` (got ${JSON.stringify(text)})`;
  return { ok: false, message: `must be ${acceptedText(definition)}${shown}` };
}

function parseBoolean(definition: KeyDefinition, text: string): ParsedText {
  const lower = text.toLowerCase();
  if (lower !== 'true' && lower !== 'false') return refused(definition, text);
  return { ok: true, value: lower === 'true' };
}

function parseInteger(definition: KeyDefinition, text: string): ParsedText {
  if (!/^[+-]?\d{1,30}$/.test(text)) return refused(definition, text);
  const exact = BigInt(text.startsWith('+') ? text.slice(1) : text);
  const fits =
    definition.type === 'int'
      ? exact >= BigInt(INT_MIN) && exact <= BigInt(INT_MAX)
      : exact >= LONG_MIN && exact <= LONG_MAX;
  if (!fits) return refused(definition, text);
  const saturated = Math.min(Math.max(Number(exact), Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
  return withinRange(definition, saturated) ? { ok: true, value: saturated } : refused(definition, text);
}

function parseDouble(definition: KeyDefinition, text: string): ParsedText {
  const value = Number(text);
  const valid = text !== '' && Number.isFinite(value) && withinRange(definition, value);
  return valid ? { ok: true, value } : refused(definition, text);
}

function parseList(definition: KeyDefinition, text: string): ParsedText {
  const items = text === '' ? [] : text.split(',').map((item) => item.trim());
  const { values } = definition;
  const valid =
    values === undefined
      ? !items.includes('')
      : items.every((item) => values.includes(item)) && new Set(items).size === items.length;
  return valid ? { ok: true, value: items } : refused(definition, text);
}

function withinRange({ min, max }: KeyDefinition, value: number): boolean {
  return (min === undefined || value >= min) && (max === undefined || value <= max);
}
