import { MalformedInput } from '@milena/bytes';
import { batchesOf, decodeControlRecord, decodeRecords, verifyCrc, type VoterEntry } from '@milena/record-batch';

/** What a snapshot file says by its name. */
export interface SnapshotName {
  readonly endOffset: number;
  readonly epoch: number;
  /** How a file that is not complete came about; undefined for one that counts. */
  readonly origin: 'made' | 'received' | undefined;
  readonly isComplete: boolean;
}

/** What a snapshot file holds. */
export interface StoredSnapshot {
  /** When the last record it stands for was appended. */
  readonly timestamp: number;
  /** Undefined when the log held no voter set before the snapshot's end. */
  readonly voters: readonly VoterEntry[] | undefined;
  /** Values of the metadata records. */
  readonly values: readonly Buffer[];
}

const NAME = /(\d{20})-(\d{10})(?:-(\d)\.checkpoint\.part|\.checkpoint)$/;

/** What the name of a file says; undefined for what is no snapshot. */
export function snapshotNamed(path: string): SnapshotName | undefined {
  const match = NAME.exec(path);
  if (match === null) return undefined;
  const origin = match[3] === undefined ? undefined : match[3] === '1' ? 'made' : 'received';
  return { endOffset: Number(match[1]), epoch: Number(match[2]), origin, isComplete: origin === undefined };
}

/** Reads a whole snapshot, by other code than the servers'. Throws MalformedInput. */
export function readSnapshot(content: Buffer): StoredSnapshot {
  const values: Buffer[] = [];
  const control = [];
  for (const { header, bytes } of batchesOf(content)) {
    if (!verifyCrc(bytes)) throw new MalformedInput(`the batch at ${header.baseOffset} fails its CRC`);
    const records = decodeRecords(bytes);
    if (header.isControl) control.push(...records.map(decodeControlRecord));
    else values.push(...records.map(({ value }) => value ?? Buffer.alloc(0)));
  }
  const [first] = control;
  if (first?.type !== 'snapshot-header') throw new MalformedInput('it has no header');
  if (control.at(-1)?.type !== 'snapshot-footer') throw new MalformedInput('it has no footer');
  const voters = control.find((record) => record.type === 'voters')?.voters;
  return { timestamp: first.lastContainedLogTimestamp, voters, values };
}
