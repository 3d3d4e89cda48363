import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig, type NodeConfig } from '@milena/config';

/** Configuration of controller 101 on that port of 127.0.0.1, read from a file that is written into `folder`. */
export function writtenConfig(
  folder: string,
  port: number,
  voters: string,
  more: Readonly<Record<string, string>> = {},
): NodeConfig {
  const texts = {
    'process.roles': 'controller',
    'node.id': '101',
    'controller.listener.names': 'CONTROLLER',
    'controller.quorum.voters': voters,
    listeners: `CONTROLLER://127.0.0.1:${port}`,
    'log.dirs': join(folder, 'data'),
    ...more,
  };
  const file = join(folder, 'server.properties');
  const lines = Object.entries(texts).map(([key, text]) => `${key}=${text}`);
  writeFileSync(file, lines.join('\n'));
  const loaded = loadConfig({ file, environment: {}, hostname: 'h' });
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  return loaded.config;
}
