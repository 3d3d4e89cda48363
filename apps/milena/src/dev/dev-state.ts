import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Uuid } from '@milena/model';
import { CommandFailure } from '../command-failure';

/** A node of a dev cluster as it was laid out at first; its ports stay, because others know it by them. */
export interface DevNodeState {
  readonly id: number;
  /** `host:port` by listener name. */
  readonly listeners: Readonly<Record<string, string>>;
}

/** A dev cluster as `cluster.json` in its data folder describes it. */
export interface DevState {
  readonly clusterId: string;
  readonly controllers: readonly (DevNodeState & { readonly directoryId: Uuid })[];
  readonly brokers: readonly DevNodeState[];
  readonly gateways: readonly DevNodeState[];
  readonly shims: readonly DevNodeState[];
}

const FILE = 'cluster.json';

/**
 * Reads the description; undefined when the folder holds no cluster yet. A folder of before gateways and shims has none
 * of them.
 */
export function readDevState(data: string): DevState | undefined {
  const path = join(data, FILE);
  try {
    const found = JSON.parse(readFileSync(path, 'utf8')) as Omit<DevState, 'gateways' | 'shims'>;
    return { gateways: [], shims: [], ...found };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new CommandFailure(1, `${path} cannot be read; remove the folder ${data} to begin anew`, { cause });
  }
}

/** Replaces the description. */
export function writeDevState(data: string, state: DevState): void {
  mkdirSync(data, { recursive: true });
  const path = join(data, FILE);
  writeFileSync(`${path}.tmp`, `${JSON.stringify(state, undefined, 2)}\n`);
  renameSync(`${path}.tmp`, path);
}
