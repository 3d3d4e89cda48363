import { join } from 'node:path';
import type { DevRole } from './dev-kinds';

/** Where a dev cluster keeps its data unless told otherwise, below the folder it is run in. */
export const DEV_DATA = join('.milena', 'dev');

/** Where one service of a dev cluster keeps its logs. */
export function nodeFolder(data: string, role: DevRole, id: number): string {
  return join(data, `${role}-${id}`);
}
