import type { Platform } from '@milena/platform';
import type { WatchRegistry, ZnodeTree } from '@milena/zookeeper';
import type { AskLeaderPosition } from './leader-position';
import type { RequestStatistics } from './request-statistics';
import type { ServedClient } from './served-client';
import type { ServedClients } from './served-clients';
import type { SessionPasswords, ZookeeperSettings } from './zookeeper-settings';

/** What all clients of a server share. */
export interface ServerParts {
  readonly platform: Pick<Platform, 'clock' | 'timers' | 'random' | 'logger'>;
  readonly settings: ZookeeperSettings;
  readonly passwords: SessionPasswords;
  readonly watches: WatchRegistry<ServedClient>;
  readonly clients: ServedClients;
  readonly statistics: RequestStatistics;
  readonly askLeaderPosition: AskLeaderPosition;
  /** Undefined while the cluster is not known. */
  clusterId(): string | undefined;
  /** How a client that does or does not take a read-only server is served now. */
  service(acceptsReadOnly: boolean): 'none' | 'full' | 'read-only';
  /** The tree; there is one whenever `service` is not 'none', and from then on. */
  tree(): ZnodeTree;
  waitForZxid: (zxid: number, timeoutMs: number) => Promise<boolean>;
}
