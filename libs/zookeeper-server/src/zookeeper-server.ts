import { invariant } from '@milena/model';
import type { Platform, Timer } from '@milena/platform';
import type { ActiveControllerChannel, MetadataLog, SnapshotTriggers } from '@milena/raft-driver';
import { WatchRegistry, type ServerStatus, type ZnodeEvent } from '@milena/zookeeper';
import { Availability, type FollowedLog } from './availability';
import type { ClientChannel, ClientConnection } from './client-channel';
import { FollowedTree } from './followed-tree';
import { fourLetterAnswer } from './four-letter-answer';
import { createAskLeaderPosition } from './leader-position';
import { RequestStatistics } from './request-statistics';
import { ServedClient } from './served-client';
import { ServedClients } from './served-clients';
import type { ServerParts } from './server-parts';
import type { SessionPasswords, ZookeeperSettings } from './zookeeper-settings';

/** How often it is looked whether the quorum is followed and which clients have fallen silent. */
const LOOK_INTERVAL_MS = 100;
/** How long a connection may take to shake hands. */
const HANDSHAKE_MS = 10_000;

/** What a server is made from. */
export interface ZookeeperServerOptions {
  readonly platform: Pick<Platform, 'clock' | 'timers' | 'random' | 'logger' | 'tracer' | 'meter'>;
  readonly settings: ZookeeperSettings;
  readonly metadataLog: FollowedLog & Pick<MetadataLog, 'subscribe' | 'createSnapshot'>;
  /** When this node writes snapshots of the metadata. */
  readonly snapshotTriggers: SnapshotTriggers;
  readonly controllerChannel: Pick<ActiveControllerChannel, 'unary'>;
  readonly passwords: SessionPasswords;
  /** Told when it begins or ceases to follow a live quorum. */
  readonly onFollowing: (isFollowing: boolean) => void;
}

/** A ZooKeeper shim minus its sockets. Clients may come before `start`; they are sent away. */
export interface ZookeeperServer {
  /** Follows the metadata log of a cluster. */
  start(clusterId: string): void;
  /** Closes all clients and follows no more. */
  stop(): void;
  accept(channel: ClientChannel): ClientConnection;
  /** Answers a four-letter word. */
  answerWord(word: string): string;
  /** Whether a live quorum is followed and all that it committed before is in the tree. */
  isFollowing(): boolean;
  /** One line for people: why not, while it does not. */
  whyNotFollowing(): string | undefined;
}

/** Makes a server. */
export function createZookeeperServer(options: ZookeeperServerOptions): ZookeeperServer {
  return new Server(options);
}

class Server implements ZookeeperServer {
  readonly #options: ZookeeperServerOptions;
  readonly #availability: Availability;
  readonly #watches: WatchRegistry<ServedClient>;
  readonly #clients = new ServedClients();
  readonly #statistics: RequestStatistics;
  readonly #parts: ServerParts;
  #clusterId: string | undefined;
  #followed: FollowedTree | undefined;
  #timer: Timer | undefined;

  constructor(options: ZookeeperServerOptions) {
    const { platform, settings, metadataLog, controllerChannel, passwords } = options;
    this.#options = options;
    this.#availability = new Availability(metadataLog, settings.staleReadsMs);
    this.#watches = new WatchRegistry(settings.watchLimits);
    this.#statistics = new RequestStatistics(platform.meter);
    this.#parts = {
      platform,
      settings,
      passwords,
      watches: this.#watches,
      clients: this.#clients,
      statistics: this.#statistics,
      askLeaderPosition: createAskLeaderPosition(controllerChannel, platform),
      clusterId: () => this.#clusterId,
      service: (acceptsReadOnly) => this.#service(acceptsReadOnly),
      tree: () => this.#tree(),
      waitForZxid: (zxid, timeoutMs) => this.#followed?.waitFor(zxid, timeoutMs) ?? Promise.resolve(false),
    };
    this.#measure();
  }

  start(clusterId: string): void {
    invariant(this.#followed === undefined, 'a server starts once');
    const { platform, metadataLog, settings, snapshotTriggers } = this.#options;
    this.#clusterId = clusterId;
    this.#followed = new FollowedTree({
      platform,
      metadataLog,
      snapshotTriggers,
      clusterId,
      hiddenListener: settings.hiddenListener,
      isWatched: () => this.#watches.count > 0,
      onEvents: (events) => this.#fire(events),
    });
    this.#look();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#followed?.close();
    for (const client of this.#clients.all()) client.close('the server stops');
  }

  accept(channel: ClientChannel): ClientConnection {
    const client = new ServedClient(channel, this.#parts);
    this.#clients.add(client);
    return client;
  }

  answerWord(word: string): string {
    const { settings } = this.#options;
    return fourLetterAnswer(word, { settings, status: this.#status() });
  }

  isFollowing(): boolean {
    return this.#availability.state === 'following';
  }

  whyNotFollowing(): string | undefined {
    switch (this.#availability.state) {
      case 'starting':
        return this.#clusterId === undefined ? 'no controller has answered yet' : 'the metadata log is not read yet';
      case 'following':
        return undefined;
      case 'stale':
      case 'lost':
        return 'no active controller';
    }
  }

  #service(acceptsReadOnly: boolean): 'none' | 'full' | 'read-only' {
    switch (this.#availability.state) {
      case 'following':
      case 'stale':
        return 'full';
      case 'starting':
        return 'none';
      case 'lost':
        return acceptsReadOnly ? 'read-only' : 'none';
    }
  }

  #tree() {
    invariant(this.#followed !== undefined, 'requests are taken when there is a tree');
    return this.#followed.tree;
  }

  #fire(events: readonly ZnodeEvent[]): void {
    for (const event of events) this.#watches.fire(event, (client, told) => client.tell(told));
  }

  #look(): void {
    const { clock, timers, logger } = this.#options.platform;
    const nowMs = clock.monotonicMs();
    const before = this.#availability.state;
    const state = this.#availability.check(nowMs, this.#followed?.tree.lastZxid);
    if (state !== before) {
      logger.info('service of zookeeper clients changed', { state, before });
      if ((state === 'following') !== (before === 'following')) this.#options.onFollowing(state === 'following');
    }
    for (const client of this.#clients.all()) this.#lookAt(client, nowMs);
    this.#timer = timers.after(LOOK_INTERVAL_MS, () => this.#look());
  }

  #lookAt(client: ServedClient, nowMs: number): void {
    const { session } = client;
    // Who takes a read-only server must still be told that it meets one, which only a handshake can.
    if (session !== undefined && this.#service(session.isReadOnly) === 'none') {
      client.close('the quorum is lost');
    } else if (client.outstanding === 0 && nowMs - client.lastHeardMs > (session?.timeoutMs ?? HANDSHAKE_MS)) {
      client.close('nothing was heard of it');
    }
  }

  #status(): ServerStatus | undefined {
    const tree = this.#followed?.tree;
    const { state } = this.#availability;
    if (tree === undefined || state === 'starting') return undefined;
    const clients = this.#clients.all();
    return {
      version: this.#options.settings.version,
      mode: state === 'lost' ? 'read-only' : 'observer',
      latencyMs: this.#statistics.latencyMs,
      received: this.#statistics.received,
      sent: this.#statistics.sent,
      clients: clients.map(({ channel, outstanding, received, sent }) => ({
        address: channel.remoteAddress,
        queued: outstanding,
        received,
        sent,
      })),
      outstanding: clients.reduce((sum, { outstanding }) => sum + outstanding, 0),
      zxid: tree.lastZxid,
      znodeCount: tree.znodeCount,
      ephemeralCount: tree.ephemeralCount,
      watchCount: this.#watches.count,
    };
  }

  #measure(): void {
    const { meter } = this.#options.platform;
    meter.gauge('zookeeper_server_sessions', 'Sessions with a connection.', () => this.#clients.sessionCount);
    meter.gauge('zookeeper_server_watches', 'Watches set.', () => this.#watches.count);
    meter.gauge('zookeeper_server_znodes', 'Znodes in the tree.', () => this.#followed?.tree.znodeCount ?? 0);
    meter.gauge('zookeeper_server_last_zxid', 'Newest zxid in the tree.', () => this.#followed?.tree.lastZxid ?? 0);
  }
}
