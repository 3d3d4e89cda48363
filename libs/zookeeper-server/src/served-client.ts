import { ByteReader } from '@milena/bytes';
import {
  catchUpWatches,
  encodeReply,
  encodeWatchEvent,
  isZnodePath,
  MalformedInput,
  operationOf,
  readRequest,
  readRequestHeader,
  sessionIdText,
  type Operation,
  type Reply,
  type RequestOf,
  type RequestHeader,
  type Session,
  type WatchEvent,
  type ZookeeperRequest,
} from '@milena/zookeeper';
import { answerRead, type TreeRead } from './answer-read';
import { answerMulti, answerWrite, WRITES_REFUSED, type WriteRequest } from './answer-write';
import { withIdentity } from './client-identities';
import type { ClientChannel, ClientConnection } from './client-channel';
import { handshake } from './handshake';
import type { ServerParts } from './server-parts';

/** Longest wait of a sync for the active controller and the log. */
const SYNC_WAIT_MAX_MS = 5_000;
/** Characters of a client's path that a log line shows. */
const LOGGED_PATH_CHARS = 200;

/** Serves one client: its handshake, then its requests one after the other, with its watch events between the replies. */
export class ServedClient implements ClientConnection {
  #session: Session | undefined;
  #isClosing = false;
  #received = 0;
  #sent = 0;
  #isWaiting = false;
  #lastHeardMs: number;
  readonly #refusedKinds = new Set<Operation>();

  constructor(
    readonly channel: ClientChannel,
    private readonly parts: ServerParts,
  ) {
    this.#lastHeardMs = parts.platform.clock.monotonicMs();
  }

  get session(): Session | undefined {
    return this.#session;
  }

  get lastHeardMs(): number {
    return this.#lastHeardMs;
  }

  get received(): number {
    return this.#received;
  }

  get sent(): number {
    return this.#sent;
  }

  /** Requests under way that something is waited for. */
  get outstanding(): number {
    return this.#isWaiting ? 1 : 0;
  }

  receive(packet: Buffer): Promise<void> | undefined {
    if (this.#isClosing) return undefined;
    this.#received += 1;
    this.#lastHeardMs = this.parts.platform.clock.monotonicMs();
    this.parts.statistics.packetReceived();
    try {
      const waiting = this.#session === undefined ? this.#connect(packet) : this.#request(packet, this.#session);
      return waiting === undefined ? undefined : this.#whileWaiting(waiting);
    } catch (error) {
      if (!(error instanceof MalformedInput)) throw error;
      this.close('a packet that cannot be read');
      return undefined;
    }
  }

  closed(): void {
    this.#isClosing = true;
    this.parts.watches.forget(this);
    this.parts.clients.remove(this);
  }

  /** Closes the connection; the session is not ended by it. */
  close(reason: string): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    const session = this.#session === undefined ? undefined : sessionIdText(this.#session.id);
    this.parts.platform.logger.debug('closing a client', { client: this.channel.remoteAddress, session, reason });
    this.parts.watches.forget(this);
    this.channel.close();
  }

  /** Tells of an event, before anything that is answered later. */
  tell(event: WatchEvent): void {
    if (this.#isClosing) return;
    this.#sent += 1;
    this.parts.statistics.eventSent();
    this.channel.send(encodeWatchEvent(event));
  }

  async #whileWaiting(waiting: Promise<void>): Promise<void> {
    this.#isWaiting = true;
    await waiting;
    this.#isWaiting = false;
    this.#lastHeardMs = this.parts.platform.clock.monotonicMs();
  }

  #connect(packet: Buffer): Promise<void> | undefined {
    return handshake(packet, {
      parts: this.parts,
      remoteAddress: this.channel.remoteAddress,
      isGone: () => this.#isClosing,
      send: (response) => this.#send(response),
      refuse: (reason) => this.close(reason),
      attach: (session) => {
        this.#session = session;
        this.parts.clients.attach(this, session.id);
      },
    });
  }

  #request(packet: Buffer, session: Session): Promise<void> | undefined {
    const startedMs = this.parts.platform.clock.monotonicMs();
    const reader = new ByteReader(packet);
    const header = readRequestHeader(reader);
    const operation = operationOf(header.operationId);
    if (operation === undefined) {
      this.#reply(header, { kind: 'error', error: 'Unimplemented' });
      return undefined;
    }
    const request = readable(operation, reader);
    const waiting =
      request === undefined
        ? this.#reply(header, { kind: 'error', error: 'MarshallingError' })
        : this.#answer(header, request, session);
    const answered = (): void => {
      this.parts.statistics.answered(operation, this.parts.platform.clock.monotonicMs() - startedMs);
    };
    if (waiting === undefined) answered();
    return waiting?.then(answered);
  }

  #answer(header: RequestHeader, request: ZookeeperRequest, session: Session): Promise<void> | undefined {
    switch (request.operation) {
      case 'ping':
        return this.#reply(header, { kind: 'nothing' });
      case 'sync':
        return this.#sync(header, request, session);
      case 'auth':
        return this.#authenticate(header, request, session);
      case 'closeSession':
        return this.#closeSession(header, session);
      case 'setWatches':
      case 'setWatches2':
        return this.#setWatches(header, request);
      default:
        return this.#reply(header, this.#answerAtOnce(request, session));
    }
  }

  #answerAtOnce(
    request: Exclude<
      ZookeeperRequest,
      RequestOf<'ping' | 'sync' | 'auth' | 'closeSession' | 'setWatches' | 'setWatches2'>
    >,
    session: Session,
  ): Reply {
    const { watches } = this.parts;
    switch (request.operation) {
      case 'whoAmI':
        return { kind: 'identities', identities: session.identities };
      case 'getEphemerals':
        return { kind: 'children', children: session.ephemerals.filter((path) => path.startsWith(request.path)) };
      case 'addWatch': {
        if (!isZnodePath(request.path)) return { kind: 'error', error: 'BadArguments' };
        const kind = request.mode === 'persistent' ? 'persistent' : 'recursive';
        const isSet = watches.add(this, kind, request.path);
        return isSet ? { kind: 'number', value: 0 } : { kind: 'error', error: 'ThrottledOp' };
      }
      case 'checkWatches':
        return watched(watches.has(this, request.path, request.selection));
      case 'removeWatches':
        return watched(watches.remove(this, request.path, request.selection));
      case 'multi':
        return this.#answerMulti(request);
      case 'exists':
      case 'getData':
      case 'getChildren':
      case 'getChildren2':
      case 'getAcl':
      case 'getAllChildrenNumber':
      case 'multiRead':
        return this.#read(request);
      default:
        return this.#write(request);
    }
  }

  #answerMulti(request: RequestOf<'multi'>): Reply {
    const reply = answerMulti(this.parts.tree(), request);
    const write = request.steps.find(({ operation }) => operation !== 'check');
    return write === undefined ? reply : this.#refusing(write.operation, reply, write.path);
  }

  #read(request: TreeRead): Reply {
    return answerRead(this.parts.tree(), request, (kind, path) => this.parts.watches.add(this, kind, path));
  }

  #write(request: WriteRequest): Reply {
    const path = 'path' in request ? request.path : undefined;
    return this.#refusing(request.operation, answerWrite(this.parts.tree(), request), path);
  }

  /** Says in the log why a write was refused, once per kind and session. */
  #refusing(operation: Operation, reply: Reply, path?: string): Reply {
    const isRefused = operation !== 'check' && (reply.kind === 'error' || reply.kind === 'results');
    if (!isRefused || this.#refusedKinds.has(operation)) return reply;
    this.#refusedKinds.add(operation);
    this.parts.platform.logger.info('refused a write', {
      client: this.channel.remoteAddress,
      operation,
      ...(path === undefined ? {} : { path: path.slice(0, LOGGED_PATH_CHARS) }),
      reason: WRITES_REFUSED,
    });
    return reply;
  }

  /** Waits until the tree has all that was committed when the active controller was asked. */
  async #sync(header: RequestHeader, { path }: RequestOf<'sync'>, { timeoutMs }: Session): Promise<void> {
    const { platform, askLeaderPosition, waitForZxid } = this.parts;
    const waitMs = Math.min(timeoutMs / 3, SYNC_WAIT_MAX_MS);
    const deadlineMs = platform.clock.monotonicMs() + waitMs;
    const position = await askLeaderPosition(waitMs);
    const leftMs = deadlineMs - platform.clock.monotonicMs();
    const isLevel = position !== undefined && (await waitForZxid(position, leftMs));
    this.#reply(header, isLevel ? { kind: 'path', path } : { kind: 'error', error: 'OperationTimeout' });
  }

  #authenticate(header: RequestHeader, request: RequestOf<'auth'>, session: Session): undefined {
    const identities = withIdentity(session.identities, request);
    if (identities === undefined) {
      this.#reply(header, { kind: 'error', error: 'AuthFailed' }, 0);
      this.close('an identity that cannot be added');
      return;
    }
    this.#session = { ...session, identities };
    this.#reply(header, { kind: 'nothing' }, 0);
  }

  #closeSession(header: RequestHeader, session: Session): undefined {
    this.#reply(header, { kind: 'nothing' });
    this.parts.clients.endSession(session.id);
    this.close('its session is closed');
  }

  #setWatches(header: RequestHeader, request: RequestOf<'setWatches' | 'setWatches2'>): undefined {
    const { missed, armed } = catchUpWatches(this.parts.tree(), request);
    const isArmed = armed.every(({ kind, path }) => this.parts.watches.add(this, kind, path));
    if (!isArmed) {
      this.close('more watches than a client may have');
      return;
    }
    for (const event of missed) this.tell(event);
    this.#reply(header, { kind: 'nothing' });
  }

  #reply({ xid }: RequestHeader, reply: Reply, zxid = this.parts.tree().lastZxid): undefined {
    this.#send(encodeReply({ xid, zxid }, reply));
  }

  #send(packet: Buffer): void {
    if (this.#isClosing) return;
    this.#sent += 1;
    this.parts.statistics.packetSent();
    this.channel.send(packet);
  }
}

/** The request in a packet; undefined when its body is not one. */
function readable(operation: Operation, reader: ByteReader): ZookeeperRequest | undefined {
  try {
    return readRequest(operation, reader);
  } catch (error) {
    if (error instanceof MalformedInput) return undefined;
    throw error;
  }
}

function watched(isWatched: boolean): Reply {
  return isWatched ? { kind: 'nothing' } : { kind: 'error', error: 'NoWatcher' };
}
