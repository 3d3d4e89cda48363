import { failure, isUuid, success, type Result, type Uuid, ZERO_UUID } from '@milena/model';
import type { Disk, SyncOptions } from '@milena/platform';
import { readTextFile, replaceFile, writeFile } from './small-file';

/** Name of the file that ties a partition's folder to its topic id (KIP-516). */
export const PARTITION_METADATA_FILE = 'partition.metadata';

/** Text of partition.metadata, version 0. */
export function formatPartitionMetadata(topicId: Uuid): string {
  return `version: 0\ntopic_id: ${topicId}`;
}

/** The topic id in a partition.metadata; undefined when the text is damaged or of another version. */
export function parsePartitionMetadata(text: string): Uuid | undefined {
  const match = /^version: 0\ntopic_id: (\S+)\s*$/.exec(text);
  const topicId = match?.[1];
  return topicId !== undefined && isUuid(topicId) && topicId !== ZERO_UUID ? topicId : undefined;
}

/** The topic id of one partition's folder. Written at once, so that a killed process keeps it; durable with the next flush. */
export class PartitionMetadata {
  #topicId: Uuid | undefined;
  #isUnsynced: boolean;

  /** What is found is durable only after a clean shutdown; else a killed process may have left it in the page cache. */
  constructor(
    private readonly disk: Disk,
    private readonly folder: string,
    wasCleanShutdown: boolean,
  ) {
    const text = readTextFile(disk, this.#path);
    this.#topicId = text === undefined ? undefined : parsePartitionMetadata(text);
    this.#isUnsynced = !wasCleanShutdown;
  }

  get topicId(): Uuid | undefined {
    return this.#topicId;
  }

  /** Sets the id when there was none; INCONSISTENT_TOPIC_ID when there is another. */
  assign(topicId: Uuid): Result<void> {
    if (this.#topicId === topicId) return success(undefined);
    if (this.#topicId !== undefined) {
      return failure('INCONSISTENT_TOPIC_ID', `${this.folder} holds topic id ${this.#topicId}, not ${topicId}`);
    }
    this.#topicId = topicId;
    this.#isUnsynced = true;
    writeFile(this.disk, this.#path, Buffer.from(formatPartitionMetadata(topicId), 'utf8'));
    return success(undefined);
  }

  /** Makes the file durable. */
  async save(sync?: SyncOptions): Promise<void> {
    if (!this.#isUnsynced || this.#topicId === undefined) return;
    this.#isUnsynced = false;
    await replaceFile(this.disk, this.#path, formatPartitionMetadata(this.#topicId), {
      writer: this.#topicId,
      ...sync,
    });
  }

  get #path(): string {
    return `${this.folder}/${PARTITION_METADATA_FILE}`;
  }
}
