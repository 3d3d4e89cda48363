import { IDENTITY_KEYS } from './keys/identity-keys';
import { LOG_KEYS } from './keys/log-keys';
import { REPLICATION_KEYS } from './keys/replication-keys';
import { SERVICE_KEYS } from './keys/service-keys';
import { SOCKET_KEYS } from './keys/socket-keys';
import { TOPIC_KEYS } from './keys/topic-keys';

/** Every key a process reads from its file, environment or command line. */
export const SERVER_KEYS = {
  ...IDENTITY_KEYS,
  ...SERVICE_KEYS,
  ...SOCKET_KEYS,
  ...REPLICATION_KEYS,
  ...LOG_KEYS,
} as const;

export { TOPIC_KEYS };
