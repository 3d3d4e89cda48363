import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { loadConfig, propertiesText, type NodeConfig } from '@milena/config';
import { CommandFailure } from '../command-failure';
import type { DevOptions } from './dev-options';
import type { DevNodeState, DevState } from './dev-state';

/** One service of a dev cluster, with its configuration written down. */
export interface DevNode {
  readonly role: 'controller' | 'broker';
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
  const write = (role: DevNode['role'], { id, listeners }: DevNodeState): DevNode => {
    const folder = join(options.data, `${role}-${id}`);
    const configFile = join(options.data, `${role}-${id}.properties`);
    const own = {
      'process.roles': role,
      'node.id': `${id}`,
      listeners: Object.entries(listeners)
        .map(([name, endpoint]) => `${name}://${endpoint}`)
        .join(','),
      'log.dirs': folder,
    };
    mkdirSync(options.data, { recursive: true });
    writeFileSync(configFile, `# Written by milena dev at each start.\n${propertiesText({ ...own, ...common })}`);
    const loaded = loadConfig({ file: configFile, environment, hostname: hostname() });
    if (!loaded.ok) throw new CommandFailure(2, loaded.problems.join('\n'));
    return { role, id, folder, configFile, listeners, config: loaded.config };
  };
  return [
    ...state.controllers.map((node) => write('controller', node)),
    ...state.brokers.map((node) => write('broker', node)),
  ];
}

function keyAndValue(text: string): readonly [string, string] {
  const split = text.indexOf('=');
  if (split < 1) throw new CommandFailure(2, `--set ${text}: must be key=value`);
  return [text.slice(0, split), text.slice(split + 1)];
}
