import type { ByteWriter } from '@milena/bytes';

/** What ZooKeeper tells of a znode beside its data: 68 bytes on the wire. zxids are log offsets plus one. */
export interface ZnodeStat {
  /** zxid that created it. */
  readonly czxid: number;
  /** zxid that last changed its data. */
  readonly mzxid: number;
  /** When it was created, ms since 1970. */
  readonly ctimeMs: number;
  /** When its data last changed. */
  readonly mtimeMs: number;
  /** Changes of its data. */
  readonly version: number;
  /** Children created and deleted. */
  readonly cversion: number;
  /** Changes of its access control list. */
  readonly aversion: number;
  /** Session that owns it; 0n unless it is ephemeral. */
  readonly ephemeralOwner: bigint;
  readonly dataLength: number;
  readonly numChildren: number;
  /** zxid that last created or deleted a child; its own czxid before that. */
  readonly pzxid: number;
}

/** Writes a Stat. */
export function writeStat(writer: ByteWriter, stat: ZnodeStat): void {
  writer.int64(stat.czxid);
  writer.int64(stat.mzxid);
  writer.int64(stat.ctimeMs);
  writer.int64(stat.mtimeMs);
  writer.int32(stat.version);
  writer.int32(stat.cversion);
  writer.int32(stat.aversion);
  writer.bigInt64(stat.ephemeralOwner);
  writer.int32(stat.dataLength);
  writer.int32(stat.numChildren);
  writer.int64(stat.pzxid);
}
