import { create, type DescMessage, fromBinary, toBinary } from '@bufbuild/protobuf';
import * as proto from '@milena/proto';
import fc from 'fast-check';
import { quickFields, type QuickField, type QuickFields } from './quick-fields';
import { readQuickly } from './quick-reader';
import { writeQuickly } from './quick-writer';

const exported: readonly unknown[] = Object.values(proto);
const known = exported
  .filter((value): value is DescMessage => (value as { kind?: unknown }).kind === 'message')
  .flatMap((schema) => {
    const fields = quickFields(schema);
    return fields === undefined ? [] : [{ schema, fields }];
  });

const INT32 = fc.oneof(fc.integer(), fc.integer({ min: -3, max: 300 }), fc.constantFrom(-(2 ** 31), 2 ** 31 - 1));
const INT64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -2n, max: 2n ** 53n }),
  fc.bigInt({ min: -2n, max: 40n }),
);
const TEXT = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constant('x'.repeat(200)));

function valueOf(field: QuickField): fc.Arbitrary<unknown> {
  switch (field.kind) {
    case 'int32':
    case 'sint32':
      return INT32;
    case 'int64':
    case 'sint64':
      return INT64;
    case 'bool':
      return fc.boolean();
    case 'string':
      return TEXT;
    case 'bytes':
      return fc.uint8Array({ maxLength: 400 });
    case 'message':
      return messageOf(field.message!);
  }
}

function messageOf({ fields }: QuickFields): fc.Arbitrary<object> {
  const values = fields.map((field) => [
    field.name,
    field.isRepeated ? fc.array(valueOf(field), { maxLength: 4 }) : valueOf(field),
  ]);
  return fc.record(Object.fromEntries(values) as Record<string, fc.Arbitrary<unknown>>, { requiredKeys: [] });
}

const generated = (read: () => unknown): unknown => {
  try {
    return read();
  } catch {
    return 'refused';
  }
};

describe('the short way through protobuf', () => {
  it('is there for every message of the quorum', () => {
    const names = known.map(({ schema }) => schema.typeName);
    expect(names).toEqual(
      expect.arrayContaining(['VoteRequest', 'FetchRequest', 'FetchResponse'].map((name) => `milena.raft.v1.${name}`)),
    );
  });

  it.each(known)(
    'writes and reads $schema.typeName as generated code does, or leaves it alone',
    ({ schema, fields }) => {
      fc.assert(
        fc.property(messageOf(fields), (message) => {
          const bytes = toBinary(schema, create(schema, message as never));
          const written = writeQuickly(fields, message);
          if (written !== undefined) expect(Buffer.from(written).equals(Buffer.from(bytes))).toBe(true);
          const read = readQuickly(fields, bytes);
          if (written !== undefined) expect(read).toBeDefined();
          if (read !== undefined) expect(read).toEqual(fromBinary(schema, bytes));
        }),
        { seed: 1, numRuns: 30 },
      );
    },
  );

  it.each(known)('never reads bytes as $schema.typeName that generated code reads otherwise', ({ schema, fields }) => {
    const damaged = fc.tuple(messageOf(fields), fc.nat(), fc.nat(255), fc.nat());
    fc.assert(
      fc.property(damaged, ([message, at, value, end]) => {
        const bytes = toBinary(schema, create(schema, message as never));
        if (bytes.length === 0) return;
        bytes[at % bytes.length] = value;
        const cut = bytes.subarray(0, 1 + (end % bytes.length));
        for (const each of [bytes, cut]) {
          const read = readQuickly(fields, each);
          if (read !== undefined) expect(read).toEqual(generated(() => fromBinary(schema, each)));
        }
      }),
      { seed: 2, numRuns: 30 },
    );
  });
});
