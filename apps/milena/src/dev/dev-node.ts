import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { loadConfig, propertiesText, type NodeConfig } from '@milena/config';
import { unreachable } from '@milena/model';
import { CommandFailure } from '../command-failure';
import { nodeFolder } from './dev-folders';
import { DEV_KINDS, MONITOR, type DevRole } from './dev-kinds';
import type { DevOptions } from './dev-options';
import type { DevNodeState, DevState } from './dev-state';

/** One service of a dev cluster, with its configuration written down. */
export interface DevNode {
  readonly role: DevRole;
  readonly id: number;
  /** Folder of its logs. */
  readonly folder: string;
  /** Path of its server.properties. */
  readonly configFile: string;
  /** What that file says, with the environment over it. */
  readonly config: NodeConfig;
  readonly listeners: Readonly<Record<string, string>>;
}

/**
 * Writes the configuration of every node, anew at each start so that `--set` holds, and reads it back. Throws
 * CommandFailure with everything that is wrong with it.
 */
export function writeNodeConfigs(
  state: DevState,
  options: DevOptions,
  environment: NodeJS.ProcessEnv,
): readonly DevNode[] {
  const settings = Object.fromEntries(options.set.map(keyAndValue));
  const servers = state.controllers.map(({ listeners }) => listeners['CONTROLLER'] ?? '').join(',');
  const common = {
    'controller.listener.names': 'CONTROLLER',
    'controller.quorum.bootstrap.servers': servers,
    ...settings,
  };
  mkdirSync(options.data, { recursive: true });
  return DEV_KINDS.flatMap(({ role, group }) =>
    state[group].map(({ id, listeners }: DevNodeState) => {
      const folder = nodeFolder(options.data, role, id);
      const configFile = `${folder}.properties`;
      const own = { 'process.roles': role, 'node.id': `${id}`, ...listenerKeys(role, listeners), 'log.dirs': folder };
      writeFileSync(configFile, `# Written by milena dev at each start.\n${propertiesText({ ...own, ...common })}`);
      const loaded = loadConfig({ file: configFile, environment, hostname: hostname() });
      if (!loaded.ok) throw new CommandFailure(2, loaded.problems.join('\n'));
      return { role, id, folder, configFile, listeners, config: loaded.config };
    }),
  );
}

/** The keys that say where a node listens. */
function listenerKeys(role: DevRole, listeners: Readonly<Record<string, string>>): Record<string, string> {
  const { [MONITOR]: monitor, ...others } = listeners;
  const items = Object.entries(others).map(([name, endpoint]) => `${name}://${endpoint}`);
  return {
    [listenersKeyOf(role)]: items.join(','),
    ...(monitor === undefined ? {} : { 'monitor.listeners': `HTTP://${monitor}` }),
  };
}

function listenersKeyOf(role: DevRole): string {
  switch (role) {
    case 'controller':
    case 'broker':
      return 'listeners';
    case 'gateway':
      return 'admin.listeners';
    case 'zookeeper':
      return 'zookeeper.listeners';
    default:
      return unreachable(role);
  }
}

function keyAndValue(text: string): readonly [string, string] {
  const split = text.indexOf('=');
  if (split < 1) throw new CommandFailure(2, `--set ${text}: must be key=value`);
  return [text.slice(0, split), text.slice(split + 1)];
}
