import { hostname } from 'node:os';
import { loadConfig, type NodeConfig } from '@milena/config';
import { CommandFailure } from '../command-failure';

/** Reads a node's configuration; throws CommandFailure with everything that is wrong with it. */
export function loadNodeConfig(
  file: string | undefined,
  environment: NodeJS.ProcessEnv,
  overrides: readonly string[] = [],
): { readonly config: NodeConfig; readonly warnings: readonly string[] } {
  const loaded = loadConfig({ file, environment, overrides, hostname: hostname() });
  if (!loaded.ok) throw new CommandFailure(2, loaded.problems.join('\n'));
  return loaded;
}
