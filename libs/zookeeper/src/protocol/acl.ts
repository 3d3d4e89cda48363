import type { ByteReader, ByteWriter } from '@milena/bytes';
import { readText, readVector } from '../jute/jute-reader';
import { writeText, writeVector } from '../jute/jute-writer';

/** One entry of an access control list: who may do what. */
export interface AclEntry {
  /** Bits: read 1, write 2, create 4, delete 8, admin 16. */
  readonly permissions: number;
  readonly scheme: string;
  readonly id: string;
}

/** What holds for every projected znode: everybody may read, nobody may write. */
export const READ_ONLY_ACL: readonly AclEntry[] = [{ permissions: 1, scheme: 'world', id: 'anyone' }];

/** Reads a list. */
export function readAcl(reader: ByteReader): AclEntry[] {
  return readVector(reader, 12, (entry) => ({
    permissions: entry.int32(),
    scheme: readText(entry),
    id: readText(entry),
  }));
}

/** Writes a list. */
export function writeAcl(writer: ByteWriter, acl: readonly AclEntry[]): void {
  writeVector(writer, acl, (_, { permissions, scheme, id }) => {
    writer.int32(permissions);
    writeText(writer, scheme);
    writeText(writer, id);
  });
}
