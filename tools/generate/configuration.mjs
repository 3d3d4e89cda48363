// The text of docs/configuration.md, rendered from the definition table of libs/config-schema.
import { build } from 'esbuild';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Path of the page in the repository. */
export const configurationPage = join(root, 'docs', 'configuration.md');

/** The page as the table is now. */
export async function renderConfigurationPage() {
  const outfile = join(root, 'dist', 'generate', 'config-schema.cjs');
  await build({
    entryPoints: [join(root, 'libs', 'config-schema', 'src', 'index.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    conditions: ['@milena/source'],
    logLevel: 'warning',
  });
  const text = createRequire(import.meta.url)(outfile).renderConfiguration();
  return format(text, { ...(await resolveConfig(configurationPage)), parser: 'markdown' });
}
