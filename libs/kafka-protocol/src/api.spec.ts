import { ByteReader, ByteWriter, MalformedInput } from '@milena/bytes';
import { uuidFromBytes } from '@milena/model';
import fc from 'fast-check';
import type { Api } from './api';
import type { Field, Fields, ScalarType } from './field';
import { joinFrame } from './frame';
import { KAFKA_APIS } from './kafka-apis';
import { readRequestHeader } from './request-header';
import { includesVersion } from './version-range';

const int = (bits: number) => fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });
const int64 = fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });

const SCALARS: Record<ScalarType, fc.Arbitrary<unknown>> = {
  bool: fc.boolean(),
  int8: int(8),
  int16: int(16),
  uint16: fc.integer({ min: 0, max: 0xffff }),
  int32: int(32),
  int64,
  int64Clamped: int64,
  string: fc.string({ maxLength: 40 }),
  uuid: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => uuidFromBytes(bytes)),
  bytes: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  records: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
};

function fieldArbitrary(field: Field, version: number): fc.Arbitrary<unknown> {
  const { shape } = field;
  if (!includesVersion(field.versions, version)) return fc.constant(field.defaultValue);
  const value =
    shape.kind === 'scalar'
      ? SCALARS[shape.type]
      : shape.kind === 'list'
        ? fc.array(SCALARS[shape.type], { maxLength: 4 })
        : shape.kind === 'array'
          ? fc.array(messageArbitrary(shape.fields, version), { maxLength: 3 })
          : messageArbitrary(shape.fields, version);
  const canBeNull = includesVersion(field.nullableIn, version) || (shape.kind === 'struct' && field.tag !== undefined);
  return canBeNull ? fc.oneof({ weight: 4, arbitrary: value }, { weight: 1, arbitrary: fc.constant(null) }) : value;
}

function messageArbitrary(fields: Fields, version: number): fc.Arbitrary<Record<string, unknown>> {
  return fc.record(
    Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, fieldArbitrary(field, version)])),
  );
}

function decodeRequestFrame(api: Api, frame: Buffer) {
  const reader = new ByteReader(frame);
  const header = readRequestHeader(reader);
  const body = api.decodeRequest(reader, header.apiVersion);
  return { header, body, remaining: reader.remaining };
}

const cases = KAFKA_APIS.flatMap((api) =>
  Array.from({ length: api.versions.max - api.versions.min + 1 }, (_, index) => ({
    api,
    name: api.name,
    version: api.versions.min + index,
  })),
);

/** Whether decoding fails with MalformedInput; what else it throws fails the spec. */
function isMalformed(decode: () => unknown): boolean {
  try {
    decode();
    return false;
  } catch (error) {
    if (!(error instanceof MalformedInput)) throw error;
    return true;
  }
}

describe.each(cases)('$name v$version', ({ api, version }) => {
  const request = messageArbitrary(api.request, version);
  const response = messageArbitrary(api.response, version);
  const encodedRequest = (body: Record<string, unknown>) =>
    api.encodeRequest({ apiVersion: version, correlationId: 7, clientId: 'spec' }, body);

  it('decodes every request it encodes, to the last byte', () => {
    fc.assert(
      fc.property(request, (body) => {
        const decoded = decodeRequestFrame(api, encodedRequest(body));
        expect(decoded.body).toEqual(body);
        expect(decoded.header).toEqual({ apiKey: api.key, apiVersion: version, correlationId: 7, clientId: 'spec' });
        expect(decoded.remaining).toBe(0);
      }),
      { seed: 1, numRuns: 6 },
    );
  });

  it('decodes every response it encodes', () => {
    fc.assert(
      fc.property(response, (body) => {
        const decoded = api.decodeResponse(version, joinFrame(api.encodeResponse(version, 9, body)));
        expect(decoded).toEqual({ correlationId: 9, body });
      }),
      { seed: 2, numRuns: 6 },
    );
  });

  it('calls a request cut anywhere malformed', () => {
    const [body] = fc.sample(request, { seed: 3, numRuns: 1 });
    const whole = encodedRequest(body ?? {});
    const lengths = Array.from({ length: whole.length }, (_, length) => length);
    const decodable = lengths.filter(
      (length) => !isMalformed(() => decodeRequestFrame(api, whole.subarray(0, length))),
    );
    expect(decodable).toEqual([]);
  });

  it('throws nothing but MalformedInput on damaged bytes', () => {
    fc.assert(
      fc.property(request, response, fc.nat(), int(8), (requestBody, responseBody, at, byte) => {
        const damagedRequest = Buffer.from(encodedRequest(requestBody));
        const bodyStart = 14;
        const position = bodyStart + (at % Math.max(1, damagedRequest.length - bodyStart));
        if (position < damagedRequest.length) damagedRequest.writeInt8(byte, position);
        isMalformed(() => decodeRequestFrame(api, damagedRequest));
        const damagedResponse = Buffer.from(joinFrame(api.encodeResponse(version, 9, responseBody)));
        damagedResponse.writeInt8(byte, at % damagedResponse.length);
        isMalformed(() => api.decodeResponse(version, damagedResponse));
      }),
      { seed: 4, numRuns: 10 },
    );
  });
});

describe('response header', () => {
  it.each(cases)('of $name v$version carries tagged fields only where flexible, never for ApiVersions', (row) => {
    const [body] = fc.sample(messageArbitrary(row.api.response, row.version), { seed: 5, numRuns: 1 });
    const whole = joinFrame(row.api.encodeResponse(row.version, 0x01020304, body ?? {}));
    expect(whole.readInt32BE(0)).toBe(0x01020304);
    const tagged = row.api.isFlexible(row.version) && row.name !== 'ApiVersions';
    const writer = new ByteWriter();
    writer.int32(0x01020304);
    if (tagged) writer.uint8(0);
    expect(whole.subarray(0, tagged ? 5 : 4)).toEqual(writer.finish());
    if (row.name === 'ApiVersions') expect(whole.readInt16BE(4)).toBe(body?.['errorCode']);
  });
});
