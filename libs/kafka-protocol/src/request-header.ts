import { MalformedInput, type ByteReader, type ByteWriter } from '@milena/bytes';

/** The part of a request's header that has the same form in every version (header versions 1 and 2). */
export interface RequestHeader {
  readonly apiKey: number;
  readonly apiVersion: number;
  /** Repeated in the response. */
  readonly correlationId: number;
  /** Name the client gives itself. Two-byte length even in header version 2, so that any broker can read it. */
  readonly clientId: string | null;
}

/** Reads the fixed part; the tagged fields of header version 2 are left to whoever knows the API's flexible versions. */
export function readRequestHeader(reader: ByteReader): RequestHeader {
  const apiKey = reader.int16();
  const apiVersion = reader.int16();
  const correlationId = reader.int32();
  const length = reader.int16();
  if (length < -1) throw new MalformedInput(`negative length ${length}`);
  return { apiKey, apiVersion, correlationId, clientId: length === -1 ? null : reader.utf8(length) };
}

/** Writes a header: version 2 when `flexible`, else version 1. */
export function writeRequestHeader(out: ByteWriter, header: RequestHeader, flexible: boolean): void {
  out.int16(header.apiKey);
  out.int16(header.apiVersion);
  out.int32(header.correlationId);
  if (header.clientId === null) {
    out.int16(-1);
  } else {
    out.int16(Buffer.byteLength(header.clientId));
    out.utf8(header.clientId);
  }
  if (flexible) out.unsignedVarint(0);
}
