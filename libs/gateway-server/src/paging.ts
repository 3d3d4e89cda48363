import { crc32c } from '@milena/bytes';
import { success, type Result } from '@milena/model';
import { invalidField } from './invalid-field';

const DEFAULT_SIZE = 100;
const MAX_SIZE = 1000;
const TOKEN_CHARACTERS_MAX = 8192;
const CHECKSUM_BYTES = 4;

/** The fields of a list's request that page it (AIP-158). */
export interface PageFields {
  readonly pageSize: number;
  readonly pageToken: string;
}

/** The page that was asked for. */
export interface PageRequest {
  /** Most items on it. */
  readonly size: number;
  /** Key of the last item of the page before; undefined for the first page. */
  readonly after: string | undefined;
  /** Token that leads behind an item. */
  tokenAfter(key: string): string;
}

/**
 * Reads the fields that page a list. `listing` names the list together with everything that filters it: a token is only
 * good for the listing it came from. Its checksum finds mistakes; whoever makes one up can make that up too, so `isKey`
 * says what may be in it.
 */
export function requestedPage(
  { pageSize, pageToken }: PageFields,
  listing: string,
  isKey: (key: string) => boolean = () => true,
): Result<PageRequest> {
  if (pageSize < 0) return invalidField('page_size', 'must not be negative');
  const size = pageSize === 0 ? DEFAULT_SIZE : Math.min(pageSize, MAX_SIZE);
  const after = pageToken === '' ? undefined : keyIn(pageToken, listing);
  if (pageToken !== '' && (after === undefined || !isKey(after))) {
    return invalidField('page_token', 'is not a token from the same list');
  }
  return success({ size, after, tokenAfter: (key) => tokenOf(key, listing) });
}

/** Whether a key in a token is a number of a broker or partition. */
export function isNumberKey(key: string): boolean {
  return /^\d{1,10}$/.test(key);
}

/** One page of `items`, which begin behind `page.after`: its items and the token of the next page, empty on the last. */
export function pageOf<T>(
  items: Iterable<T>,
  page: PageRequest,
  key: (item: T) => string,
): { readonly items: readonly T[]; readonly nextPageToken: string } {
  const found: T[] = [];
  for (const item of items) {
    if (found.length === page.size) {
      const last = found[found.length - 1] as T;
      return { items: found, nextPageToken: page.tokenAfter(key(last)) };
    }
    found.push(item);
  }
  return { items: found, nextPageToken: '' };
}

function tokenOf(key: string, listing: string): string {
  const bytes = Buffer.from(key);
  const token = Buffer.alloc(CHECKSUM_BYTES + bytes.length);
  token.writeUInt32BE(checksum(bytes, listing));
  bytes.copy(token, CHECKSUM_BYTES);
  return token.toString('base64url');
}

/** The key in a token; undefined when the token is no such thing. */
function keyIn(text: string, listing: string): string | undefined {
  if (text.length > TOKEN_CHARACTERS_MAX) return undefined;
  const token = Buffer.from(text, 'base64url');
  if (token.length < CHECKSUM_BYTES) return undefined;
  const bytes = token.subarray(CHECKSUM_BYTES);
  return token.readUInt32BE() === checksum(bytes, listing) ? bytes.toString() : undefined;
}

function checksum(key: Buffer, listing: string): number {
  return crc32c(Buffer.concat([Buffer.from(`${listing}\0`), key])) >>> 0;
}
