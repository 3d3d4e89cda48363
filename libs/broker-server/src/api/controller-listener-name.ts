import type { ServerConfig } from '@milena/config-schema';

/** Name of the listener at which controllers serve the quorum: the first of `controller.listener.names`. */
export function controllerListenerName(server: ServerConfig): string {
  return (server.list('controller.listener.names')[0] ?? 'CONTROLLER').toUpperCase();
}
