import { CONTROLLER_KEYS } from './keys/controller-keys';
import { GROUP_KEYS } from './keys/group-keys';
import { IDENTITY_KEYS } from './keys/identity-keys';
import { LOG_KEYS } from './keys/log-keys';
import { METADATA_KEYS } from './keys/metadata-keys';
import { REPLICATION_KEYS } from './keys/replication-keys';
import { SERVICE_KEYS } from './keys/service-keys';
import { SOCKET_KEYS } from './keys/socket-keys';
import { TOPIC_KEYS } from './keys/topic-keys';
import { ZOOKEEPER_KEYS } from './keys/zookeeper-keys';

/** Every key a process reads from its file, environment or command line. */
export const SERVER_KEYS = {
  ...IDENTITY_KEYS,
  ...SERVICE_KEYS,
  ...ZOOKEEPER_KEYS,
  ...SOCKET_KEYS,
  ...REPLICATION_KEYS,
  ...CONTROLLER_KEYS,
  ...LOG_KEYS,
  ...METADATA_KEYS,
  ...GROUP_KEYS,
} as const;

export { TOPIC_KEYS };
