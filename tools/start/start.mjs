// `npm start`: builds the bundles when their sources changed, then becomes `milena dev` with the caller's arguments.
import { createRequire } from 'node:module';
import { buildIfChanged, milena } from '../build/if-changed.mjs';

buildIfChanged();
process.argv = [process.execPath, milena, 'dev', ...process.argv.slice(2)];
createRequire(import.meta.url)(milena);
