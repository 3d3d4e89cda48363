import { ByteReader, ByteWriter } from '@milena/bytes';
import { readOptionalBytes, readText, readTexts } from '../jute/jute-reader';
import { writeBytes, writeText, writeTexts, writeVector } from '../jute/jute-writer';
import { OPERATION_IDS, type Operation } from '../protocol/operation';
import { WATCH_EVENT_IDS, type WatchEvent, type WatchEventType } from '../protocol/watch-event';
import type { ZnodeStat } from '../protocol/znode-stat';

/** A client's side of the protocol, written apart from the server's from the same description, for specs. */

/** Writes the body of a request. */
export type WriteBody = (writer: ByteWriter) => void;

/** The first packet; without `readOnly` it is 44 bytes long. */
export function connectPacket(options: {
  readonly timeoutMs?: number;
  readonly lastZxidSeen?: bigint;
  readonly sessionId?: bigint;
  readonly password?: Buffer;
  readonly readOnly?: boolean;
}): Buffer {
  const writer = new ByteWriter();
  writer.int32(0);
  writer.bigInt64(options.lastZxidSeen ?? 0n);
  writer.int32(options.timeoutMs ?? 6000);
  writer.bigInt64(options.sessionId ?? 0n);
  writeBytes(writer, options.password ?? Buffer.alloc(16));
  if (options.readOnly !== undefined) writer.boolean(options.readOnly);
  return writer.finish();
}

/** What a server answered to the first packet. */
export interface ConnectAnswer {
  readonly timeoutMs: number;
  readonly sessionId: bigint;
  readonly password: Buffer;
  readonly readOnly?: boolean;
}

/** Reads the answer to the first packet. */
export function readConnectAnswer(packet: Buffer): ConnectAnswer {
  const reader = new ByteReader(packet);
  reader.int32();
  const answer = {
    timeoutMs: reader.int32(),
    sessionId: reader.bigInt64(),
    password: Buffer.from(readOptionalBytes(reader) ?? []),
  };
  return reader.remaining > 0 ? { ...answer, readOnly: reader.boolean() } : answer;
}

/** A request with a known or an arbitrary operation. */
export function requestPacket(xid: number, operation: Operation | number, body?: WriteBody): Buffer {
  const writer = new ByteWriter();
  writer.int32(xid);
  writer.int32(typeof operation === 'number' ? operation : OPERATION_IDS[operation]);
  body?.(writer);
  return writer.finish();
}

/** Bodies of the requests specs send. */
export const bodyOf = {
  watchable:
    (path: string, watch = false): WriteBody =>
    (writer) => {
      writeText(writer, path);
      writer.boolean(watch);
    },
  path:
    (path: string): WriteBody =>
    (writer) =>
      writeText(writer, path),
  create:
    (path: string): WriteBody =>
    (writer) => {
      writeText(writer, path);
      writeBytes(writer, Buffer.from('x'));
      writeVector(writer, [0], () => {
        writer.int32(31);
        writeText(writer, 'world');
        writeText(writer, 'anyone');
      });
      writer.int32(0);
    },
  version:
    (path: string, version: number): WriteBody =>
    (writer) => {
      writeText(writer, path);
      writer.int32(version);
    },
  auth:
    (scheme: string, credentials: string): WriteBody =>
    (writer) => {
      writer.int32(0);
      writeText(writer, scheme);
      writeBytes(writer, Buffer.from(credentials));
    },
  setWatches:
    (
      relativeZxid: number,
      { data = [], exist = [], child = [] }: { data?: string[]; exist?: string[]; child?: string[] },
    ): WriteBody =>
    (writer) => {
      writer.int64(relativeZxid);
      for (const paths of [data, exist, child]) writeTexts(writer, paths);
    },
  steps:
    (steps: readonly { readonly operation: Operation; readonly body: WriteBody }[]): WriteBody =>
    (writer) => {
      for (const { operation, body } of steps) {
        writer.int32(OPERATION_IDS[operation]);
        writer.boolean(false);
        writer.int32(-1);
        body(writer);
      }
      writer.int32(-1);
      writer.boolean(true);
      writer.int32(-1);
    },
} as const;

/** A packet from a server after the handshake. */
export type ServerPacket =
  | { readonly kind: 'event'; readonly event: WatchEvent }
  | {
      readonly kind: 'reply';
      readonly xid: number;
      readonly zxid: number;
      readonly error: number;
      readonly body: ByteReader;
    };

/** Takes a packet from a server apart. */
export function readServerPacket(packet: Buffer): ServerPacket {
  const reader = new ByteReader(packet);
  const [xid, zxid, error] = [reader.int32(), reader.int64(), reader.int32()];
  if (xid !== -1) return { kind: 'reply', xid, zxid, error, body: reader };
  const id = reader.int32();
  reader.int32();
  const [type] = Object.entries(WATCH_EVENT_IDS).find(([, known]) => known === id) ?? [`event ${id}`];
  return { kind: 'event', event: { type: type as WatchEventType, path: readText(reader) } };
}

/** Reads a Stat. */
export function readStat(reader: ByteReader): ZnodeStat {
  const [czxid, mzxid, ctimeMs, mtimeMs] = [reader.int64(), reader.int64(), reader.int64(), reader.int64()];
  const [version, cversion, aversion] = [reader.int32(), reader.int32(), reader.int32()];
  const ephemeralOwner = reader.bigInt64();
  const [dataLength, numChildren, pzxid] = [reader.int32(), reader.int32(), reader.int64()];
  return {
    czxid,
    mzxid,
    ctimeMs,
    mtimeMs,
    version,
    cversion,
    aversion,
    ephemeralOwner,
    dataLength,
    numChildren,
    pzxid,
  };
}

/** Data and Stat, as getData answers. */
export function readData(reader: ByteReader): { readonly data: Buffer | undefined; readonly stat: ZnodeStat } {
  return { data: readOptionalBytes(reader), stat: readStat(reader) };
}

/** Names, as getChildren answers. */
export function readChildren(reader: ByteReader): readonly string[] {
  return readTexts(reader);
}
