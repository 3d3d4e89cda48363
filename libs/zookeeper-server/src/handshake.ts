import {
  clientSessionId,
  encodeConnectResponse,
  EXPIRED,
  negotiatedTimeoutMs,
  readConnectRequest,
  sessionIdText,
  type ConnectRequest,
  type Session,
} from '@milena/zookeeper';
import { addressIdentity } from './client-identities';
import type { ServerParts } from './server-parts';

/** Longest wait for what a client has seen elsewhere. */
const CATCH_UP_WAIT_MAX_MS = 2_000;
const SESSION_ID_BYTES = 7;

/** A connection that shakes hands. */
export interface HandshakePartner {
  readonly parts: ServerParts;
  readonly remoteAddress: string;
  readonly isGone: () => boolean;
  send(response: Buffer): void;
  /** Closes the connection after what was sent. */
  refuse(reason: string): void;
  attach(session: Session): void;
}

/**
 * Answers the first packet: a new session, a resumed one, or none. A client that has seen more than this server waits a
 * little, and is then sent away without an answer, which makes it try another. Throws MalformedInput.
 */
export function handshake(packet: Buffer, partner: HandshakePartner): Promise<void> | undefined {
  return answer(readConnectRequest(packet), partner);
}

function answer(request: ConnectRequest, partner: HandshakePartner): Promise<void> | undefined {
  const { parts } = partner;
  const clusterId = parts.clusterId();
  const service = parts.service(request.readOnly === true);
  if (service === 'none' || clusterId === undefined) {
    partner.refuse('not serving');
    return undefined;
  }
  if (request.sessionId !== 0n && !mayResume(parts, clusterId, request)) {
    partner.send(encodeConnectResponse({ ...EXPIRED, ...readOnlyFlag(request, service) }));
    partner.refuse('no such session');
    return undefined;
  }
  const timeoutMs = negotiatedTimeoutMs(request.timeoutMs, parts.settings.sessionTimeouts);
  if (request.lastZxidSeen > parts.tree().lastZxid) return waitFor(request, timeoutMs, partner);
  const isResumed = request.sessionId !== 0n;
  const id = isResumed ? request.sessionId : newSessionId(parts);
  const { remoteAddress } = partner;
  const identities = [addressIdentity(remoteAddress)];
  partner.attach({ id, timeoutMs, isReadOnly: service === 'read-only', identities, ephemerals: [] });
  const password = parts.passwords.of(clusterId, id);
  partner.send(encodeConnectResponse({ timeoutMs, sessionId: id, password, ...readOnlyFlag(request, service) }));
  parts.platform.logger.debug('client connected', {
    client: remoteAddress,
    session: sessionIdText(id),
    isResumed,
    timeoutMs,
  });
  return undefined;
}

/** Waits for what the client has seen, then looks at everything anew: the session may be closed by then. */
async function waitFor(request: ConnectRequest, timeoutMs: number, partner: HandshakePartner): Promise<void> {
  const isPossible = request.lastZxidSeen <= Number.MAX_SAFE_INTEGER;
  const waitMs = Math.min(timeoutMs / 3, CATCH_UP_WAIT_MAX_MS);
  const isReached = isPossible && (await partner.parts.waitForZxid(Number(request.lastZxidSeen), waitMs));
  if (partner.isGone()) return;
  if (isReached) await answer(request, partner);
  else partner.refuse('it has seen more than this server');
}

/** The password is looked at before anything else: a wrong one must not disturb the session's own client. */
function mayResume(parts: ServerParts, clusterId: string, { sessionId, password }: ConnectRequest): boolean {
  return parts.passwords.equal(password, parts.passwords.of(clusterId, sessionId)) && !parts.clients.isEnded(sessionId);
}

function newSessionId(parts: ServerParts): bigint {
  for (;;) {
    const id = clientSessionId(parts.platform.random.bytes(SESSION_ID_BYTES));
    if (!parts.clients.isAttached(id)) return id;
  }
}

function readOnlyFlag({ readOnly }: ConnectRequest, service: 'full' | 'read-only'): { readonly readOnly?: boolean } {
  return readOnly === undefined ? {} : { readOnly: service === 'read-only' };
}
