import { ByteWriter, ByteReader } from '@milena/bytes';
import { readOptionalBytes } from '../jute/jute-reader';
import { writeBytes } from '../jute/jute-writer';

/** Bytes of a session's password. */
export const PASSWORD_BYTES = 16;

/** The first packet of a connection. */
export interface ConnectRequest {
  readonly protocolVersion: number;
  /** The newest zxid the client has seen anywhere. */
  readonly lastZxidSeen: bigint;
  /** Session timeout asked for. */
  readonly timeoutMs: number;
  /** 0n asks for a new session. */
  readonly sessionId: bigint;
  readonly password: Buffer;
  /** Whether a server without a quorum will do; undefined when the client does not know of such servers. */
  readonly readOnly?: boolean;
}

/** What a client is told of its session. */
export interface ConnectResponse {
  readonly timeoutMs: number;
  readonly sessionId: bigint;
  readonly password: Uint8Array;
  /** Sent only to a client that said whether it would take a read-only server. */
  readonly readOnly?: boolean;
}

/** The answer that means "session expired": clients go by the timeout of 0. */
export const EXPIRED: ConnectResponse = { timeoutMs: 0, sessionId: 0n, password: new Uint8Array(PASSWORD_BYTES) };

/** Reads a ConnectRequest of 44 bytes or, with the read-only flag, 45. Throws MalformedInput. */
export function readConnectRequest(packet: Buffer): ConnectRequest {
  const reader = new ByteReader(packet);
  const request = {
    protocolVersion: reader.int32(),
    lastZxidSeen: reader.bigInt64(),
    timeoutMs: reader.int32(),
    sessionId: reader.bigInt64(),
    password: readOptionalBytes(reader) ?? Buffer.alloc(0),
  };
  return reader.remaining > 0 ? { ...request, readOnly: reader.boolean() } : request;
}

/** Encodes a ConnectResponse. */
export function encodeConnectResponse({ timeoutMs, sessionId, password, readOnly }: ConnectResponse): Buffer {
  const writer = new ByteWriter(40);
  writer.int32(0);
  writer.int32(timeoutMs);
  writer.bigInt64(sessionId);
  writeBytes(writer, password);
  if (readOnly !== undefined) writer.boolean(readOnly);
  return writer.finish();
}
