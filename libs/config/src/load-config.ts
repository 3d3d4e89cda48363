import { readFileSync } from 'node:fs';
import { problemText, resolveServerConfig, type ConfigEntry, type ConfigProblem } from '@milena/config-schema';
import { environmentEntries } from './environment-entries';
import { nodeConfig, type NodeConfig } from './node-config';
import { readProperties } from './properties-file';

/** Where a configuration is read from. Rising precedence: file, environment, overrides. */
export interface ConfigSources {
  /** Path of a properties file. */
  readonly file?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** `key=value` texts of the command line. */
  readonly overrides?: readonly string[];
  /** Name of this machine, advertised where a listener names no host. */
  readonly hostname: string;
}

/** A checked configuration, or every reason why there is none, one line each. */
export type LoadedConfig =
  | { readonly ok: true; readonly config: NodeConfig; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads and checks the configuration of a process. */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  const entries: ConfigEntry[] = [];
  if (sources.file !== undefined) {
    const content = fileContent(sources.file);
    if (!content.ok) return { ok: false, problems: [content.message] };
    entries.push(...readProperties(sources.file, content.value));
  }
  entries.push(...environmentEntries(sources.environment));
  for (const override of sources.overrides ?? []) {
    const split = override.indexOf('=');
    if (split < 1) return { ok: false, problems: [`--set ${override}: must be key=value`] };
    const key = override.slice(0, split).trim();
    entries.push({ key, text: override.slice(split + 1), origin: { source: 'command line', place: '--set' } });
  }
  const resolved = resolveServerConfig(entries);
  if (!resolved.ok) return { ok: false, problems: resolved.problems.map(problemText) };
  const problems: ConfigProblem[] = [];
  const config = nodeConfig(resolved.config, sources, problems);
  if (problems.length > 0) return { ok: false, problems: problems.map(problemText) };
  return { ok: true, config, warnings: resolved.warnings.map(problemText) };
}

function fileContent(path: string): { ok: true; value: string } | { ok: false; message: string } {
  try {
    return { ok: true, value: readFileSync(path, 'utf8') };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    return { ok: false, message: `${path}: cannot be read (${code === 'ENOENT' ? 'no such file' : code})` };
  }
}
