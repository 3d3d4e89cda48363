import type { ClientIdentity, RequestOf } from '@milena/zookeeper';

/** Identities one connection may collect. */
const IDENTITIES_MAX = 16;
/** Bytes of a name that is kept. */
const USER_BYTES_MAX = 256;

/** The identity that the client's address gives it. */
export function addressIdentity(remoteAddress: string): ClientIdentity {
  return { scheme: 'ip', user: remoteAddress.replace(/:\d+$/, '') };
}

/**
 * The identities after an auth packet; undefined when it fails. Digest identities are taken at their word: nothing that
 * they could open exists yet, and no password is kept.
 */
export function withIdentity(
  identities: readonly ClientIdentity[],
  { scheme, credentials }: RequestOf<'auth'>,
): readonly ClientIdentity[] | undefined {
  if (scheme === 'ip') return identities;
  const colon = credentials.indexOf(':');
  const userBytes = colon < 0 ? credentials.length : colon;
  if (scheme !== 'digest' || userBytes === 0 || userBytes > USER_BYTES_MAX) return undefined;
  // Read from its own bytes: a slice of the text would keep the whole packet in memory.
  const user = credentials.toString('utf8', 0, userBytes);
  if (identities.some((known) => known.scheme === scheme && known.user === user)) return identities;
  return identities.length < IDENTITIES_MAX ? [...identities, { scheme, user }] : undefined;
}
