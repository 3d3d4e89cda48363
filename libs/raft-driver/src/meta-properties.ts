import { crc32c, MalformedInput } from '@milena/bytes';
import { replaceFile } from '@milena/log-store';
import { isUuid, METADATA_PARTITION, topicPartitionName, type Uuid } from '@milena/model';
import type { Disk } from '@milena/platform';
import { readWholeFile } from './read-whole-file';

/** Name of the file in every log folder. */
export const META_PROPERTIES_FILE = 'meta.properties';

const MAX_BYTES = 64 * 1024;
/** What the comment begins with. Kafka's files have none. */
const CHECKSUM = '#crc32c=';

/** Whose folder this is: one file per log folder, written by `format` only. */
export interface MetaProperties {
  readonly clusterId: string;
  readonly nodeId: number;
  readonly directoryId: Uuid;
}

/** A folder that cannot be used by this node: not formatted, damaged, or another node's. */
export class UnusableLogFolder extends Error {
  override readonly name = 'UnusableLogFolder';
}

/**
 * The file's text: Java properties, version 1 (KIP-853 adds directory.id), below a comment with a CRC-32C of the rest: a
 * directory id of which one bit changed is that of a replica nobody knows.
 */
export function encodeMetaProperties(properties: MetaProperties): string {
  const lines = [
    `cluster.id=${properties.clusterId}`,
    `directory.id=${properties.directoryId}`,
    `node.id=${properties.nodeId}`,
    'version=1',
    '',
  ].join('\n');
  return `${CHECKSUM}${checksumOf(lines)}\n${lines}`;
}

function checksumOf(lines: string): string {
  return crc32c(Buffer.from(lines, 'utf8')).toString(16).padStart(8, '0');
}

/** Parses the file's text; UnusableLogFolder names `path` and what is wrong. Comments and unknown keys are skipped. */
export function decodeMetaProperties(text: string, path: string): MetaProperties {
  const [first = ''] = text.split('\n', 1);
  if (first.startsWith(CHECKSUM) && first.slice(CHECKSUM.length) !== checksumOf(text.slice(first.length + 1))) {
    throw new UnusableLogFolder(`${path} fails its checksum`);
  }
  const values = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*([^#!\s=:][^\s=:]*)\s*[=:]\s*(.*?)\s*$/.exec(line);
    if (match?.[1] !== undefined) values.set(match[1], match[2] ?? '');
  }
  const value = (key: string, valid: RegExp): string => {
    const found = values.get(key);
    if (found === undefined) throw new UnusableLogFolder(`${path} has no ${key}`);
    if (!valid.test(found)) throw new UnusableLogFolder(`${path} has ${key}=${found}, which is not usable`);
    return found;
  };
  value('version', /^1$/);
  const directoryId = value('directory.id', /^\S+$/);
  if (!isUuid(directoryId)) throw new UnusableLogFolder(`${path} has directory.id=${directoryId}, which is not usable`);
  return { clusterId: value('cluster.id', /^\S+$/), nodeId: Number(value('node.id', /^\d{1,9}$/)), directoryId };
}

/** Reads the file of a log folder; undefined when the folder was never formatted. */
export function readMetaProperties(disk: Disk, logFolder: string): MetaProperties | undefined {
  const path = `${logFolder}/${META_PROPERTIES_FILE}`;
  try {
    const content = readWholeFile(disk, path, MAX_BYTES);
    return content === undefined ? undefined : decodeMetaProperties(content.toString('utf8'), path);
  } catch (cause) {
    if (!(cause instanceof MalformedInput)) throw cause;
    throw new UnusableLogFolder(`${path} cannot be used: ${cause.message}`, { cause });
  }
}

/** Replaces the file; resolves when it is durable. */
export function writeMetaProperties(disk: Disk, logFolder: string, properties: MetaProperties): Promise<void> {
  return replaceFile(disk, `${logFolder}/${META_PROPERTIES_FILE}`, Buffer.from(encodeMetaProperties(properties)));
}

/** Throws UnusableLogFolder, naming both sides, unless the folder belongs to this node of this cluster. */
export function checkMetaProperties(
  logFolder: string,
  found: MetaProperties,
  expected: { readonly clusterId?: string; readonly nodeId: number },
): void {
  if (found.nodeId !== expected.nodeId) {
    throw new UnusableLogFolder(
      `log folder ${logFolder} belongs to node.id ${found.nodeId}, but this node is configured as node.id ${expected.nodeId}`,
    );
  }
  if (expected.clusterId !== undefined && found.clusterId !== expected.clusterId) {
    throw new UnusableLogFolder(
      `log folder ${logFolder} belongs to cluster ${found.clusterId}, but this node is configured for cluster ${expected.clusterId}`,
    );
  }
}

/**
 * Throws UnusableLogFolder when the folder has no meta.properties and yet a metadata log that was in use: whose it is has been
 * lost, and formatting would make it another's.
 */
export function refuseOrphanedLog(disk: Disk, logFolder: string): void {
  const names = disk.list(`${logFolder}/${topicPartitionName(METADATA_PARTITION)}`);
  if (!names.some((name) => name === 'quorum-state' || name.endsWith('.log'))) return;
  throw new UnusableLogFolder(
    `${logFolder}/${META_PROPERTIES_FILE} is missing, though the folder holds a metadata log; put the file back, or use an empty folder`,
  );
}

/**
 * What a node's own log folder says of it. Throws UnusableLogFolder: with the command to run when the folder was never
 * formatted, naming both sides when it is another node's.
 */
export function ownMetaProperties(
  disk: Disk,
  logFolder: string,
  own: { readonly nodeId: number; readonly configFile: string | undefined },
): MetaProperties {
  const found = readMetaProperties(disk, logFolder);
  if (found === undefined) {
    refuseOrphanedLog(disk, logFolder);
    const command = `milena storage format --cluster-id <id> --config ${own.configFile ?? '<file>'}`;
    throw new UnusableLogFolder(`log folder ${logFolder} is not formatted; run ${command}`);
  }
  checkMetaProperties(logFolder, found, own);
  return found;
}
