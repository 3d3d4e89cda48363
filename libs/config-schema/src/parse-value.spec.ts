import type { KeyDefinition, ValueType } from './key-definition';
import { parseValue } from './parse-value';

const definition = (type: ValueType, more: Partial<KeyDefinition> = {}): KeyDefinition => ({
  type,
  scope: 'broker',
  update: 'read-only',
  doc: '',
  ...more,
});

describe('parseValue', () => {
  it.each([
    ['boolean', ' TRUE ', true],
    ['int', '2147483647', 2147483647],
    ['int', '+5', 5],
    ['long', '-9223372036854775808', Number.MIN_SAFE_INTEGER],
    ['double', '0.25', 0.25],
    ['list', 'a, b', ['a', 'b']],
    ['list', '', []],
    ['string', ' x ', 'x'],
  ] as const)('reads %s %j', (type, text, value) => {
    expect(parseValue(definition(type), text)).toEqual({ ok: true, value });
  });

  it.each([
    ['boolean', 'yes', 'true or false'],
    ['int', '2147483648', 'an integer'],
    ['int', '1.5', 'an integer'],
    ['int', '', 'an integer'],
    ['int', '0x10', 'an integer'],
    ['long', '9223372036854775808', 'an integer'],
    ['double', 'NaN', 'a number'],
    ['double', '', 'a number'],
    ['list', 'a,,b', 'a list separated by commas'],
  ] as const)('refuses %s %j', (type, text, accepted) => {
    expect(parseValue(definition(type), text)).toEqual({
      ok: false,
      message: `must be ${accepted} (got ${JSON.stringify(text)})`,
    });
  });

  it('does not show a sensitive value', () => {
    expect(parseValue(definition('int', { sensitive: true }), 'secret')).toEqual({
      ok: false,
      message: 'must be an integer',
    });
  });
});
