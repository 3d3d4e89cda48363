import { MalformedInput } from '@milena/bytes';
import type { Disk } from '@milena/platform';
import { readBootstrapCheckpoint } from '@milena/raft-driver';
import { batchesOf, decodeControlRecord, decodeRecords, type VoterEntry } from '@milena/record-batch';
import { readSnapshot, snapshotNamed } from './read-snapshot';

/** A voter set as a log has it. */
export interface LoggedVoters {
  /** Where its record stands; for an inherited one the last offset of the snapshot it is from, -1 for checkpoint 0-0. */
  readonly offset: number;
  /** Whether it is what ruled before the first record that the log still holds. */
  readonly isInherited: boolean;
  readonly voters: readonly VoterEntry[];
}

/** A node's metadata log, and who votes before it says anything itself: static voters. */
export interface VotingLog {
  readonly disk: Disk;
  readonly folder: string;
  readonly staticVoters?: (() => readonly VoterEntry[]) | undefined;
}

/** Identity of a voter: a node with another disk is another voter. */
export function voterName({ voterId, directoryId }: Pick<VoterEntry, 'voterId' | 'directoryId'>): string {
  return `${voterId} ${directoryId}`;
}

/** Voters that are in one of the sets only. */
export function changedVoters(left: readonly VoterEntry[], right: readonly VoterEntry[]): readonly VoterEntry[] {
  const [leftNames, rightNames] = [left, right].map((voters) => new Set(voters.map(voterName)));
  return [
    ...right.filter((voter) => leftNames?.has(voterName(voter)) === false),
    ...left.filter((voter) => rightNames?.has(voterName(voter)) === false),
  ];
}

/**
 * The voter sets of one node's log, read from its files as it grows: what rules there, whatever the node itself believes.
 * The last one rules (KIP-853).
 */
export class VotersInLog {
  #sets: readonly LoggedVoters[] = [];
  #logEnd = -1;
  #file = '';
  #position = 0;
  /** Offset behind the last batch that was read. */
  #readEnd = 0;

  constructor(private readonly log: VotingLog) {}

  /** The sets, oldest first, of a log that ends at `logEnd` now; the same array as long as there is no other set. */
  upTo(logEnd: number): readonly LoggedVoters[] {
    if (logEnd === this.#logEnd) return this.#sets;
    if (logEnd < this.#logEnd || this.#logEnd < 0 || !this.#isFileThere()) return this.#readAgain(logEnd);
    this.#logEnd = logEnd;
    const found: LoggedVoters[] = [];
    this.#readFile(this.#file, found);
    // Which files there are matters only once the log goes on in another one.
    if (this.#readEnd < logEnd) this.#readOn(this.#listFiles(), found);
    if (found.length > 0) this.#sets = [...this.#sets, ...found];
    return this.#sets;
  }

  /** The log is another one than a moment ago. */
  forget(): void {
    this.#logEnd = -1;
  }

  #readAgain(logEnd: number): readonly LoggedVoters[] {
    const files = this.#listFiles();
    this.#logEnd = logEnd;
    this.#file = files[0] ?? '';
    this.#position = 0;
    this.#readEnd = 0;
    const sets = [...inherited(this.log, files)];
    this.#readOn(files, sets);
    if (!isSameSets(sets, this.#sets)) this.#sets = sets;
    return this.#sets;
  }

  #isFileThere(): boolean {
    return this.#file !== '' && this.log.disk.exists(`${this.log.folder}/${this.#file}`);
  }

  #listFiles(): readonly string[] {
    return this.log.disk.list(this.log.folder).filter((name) => name.endsWith('.log'));
  }

  #readOn(files: readonly string[], found: LoggedVoters[]): void {
    for (const name of files.slice(Math.max(0, files.indexOf(this.#file)))) this.#readFile(name, found);
  }

  #readFile(name: string, found: LoggedVoters[]): void {
    if (name !== this.#file) [this.#file, this.#position] = [name, 0];
    const read = readVoters(contentFrom(this.log.disk, `${this.log.folder}/${name}`, this.#position), found);
    this.#position += read.bytes;
    this.#readEnd = read.end ?? this.#readEnd;
  }
}

/** The voter sets that are in the files of a log right now, oldest first. */
export function votersOnDisk(log: VotingLog): readonly LoggedVoters[] {
  return new VotersInLog(log).upTo(0);
}

function inherited({ disk, folder, staticVoters }: VotingLog, files: readonly string[]): readonly LoggedVoters[] {
  const [offset, found] =
    Number.parseInt(files[0] ?? '0', 10) === 0
      ? [-1, readBootstrapCheckpoint(disk, folder)?.voters]
      : votersOfSnapshot(disk, folder);
  const voters = found ?? staticVoters?.();
  return voters === undefined ? [] : [{ offset, voters, isInherited: true }];
}

/** Those of the newest snapshot that can be read: one that a power cut has torn is for R8 and the servers to judge. */
function votersOfSnapshot(disk: Disk, folder: string): [offset: number, voters: readonly VoterEntry[] | undefined] {
  for (const name of disk.list(folder).toReversed()) {
    const named = snapshotNamed(name);
    if (named?.isComplete !== true) continue;
    try {
      return [named.endOffset - 1, readSnapshot(contentFrom(disk, `${folder}/${name}`, 0)).voters];
    } catch (error) {
      if (!(error instanceof MalformedInput)) throw error;
    }
  }
  return [-1, undefined];
}

/** Takes in whole batches and returns how many bytes they are and where they end; a torn tail is no one's truth. */
function readVoters(content: Buffer, found: LoggedVoters[]): { readonly bytes: number; readonly end?: number } {
  let read: { readonly bytes: number; readonly end?: number } = { bytes: 0 };
  try {
    for (const { header, bytes } of batchesOf(content)) {
      if (header.isControl) {
        for (const record of decodeRecords(bytes)) {
          const control = decodeControlRecord(record);
          if (control.type === 'voters') found.push({ ...control, offset: record.offset, isInherited: false });
        }
      }
      read = { bytes: read.bytes + header.sizeInBytes, end: header.nextOffset };
    }
  } catch (error) {
    if (!(error instanceof MalformedInput)) throw error;
  }
  return read;
}

function contentFrom(disk: Disk, path: string, position: number): Buffer {
  const file = disk.open(path, { readOnly: true });
  const bytes = Buffer.allocUnsafe(Math.max(0, file.size() - position));
  file.pread(bytes, position);
  file.close();
  return bytes;
}

function isSameSets(left: readonly LoggedVoters[], right: readonly LoggedVoters[]): boolean {
  const isSame = ({ offset, voters }: LoggedVoters, other: LoggedVoters | undefined): boolean =>
    offset === other?.offset && changedVoters(voters, other.voters).length === 0;
  return left.length === right.length && left.every((set, index) => isSame(set, right[index]));
}
