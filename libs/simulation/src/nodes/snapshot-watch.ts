import type { Disk } from '@milena/platform';
import type { SnapshotContents } from '../checkers/snapshot-contents';
import { snapshotNamed } from '../read-snapshot';
import type { World } from '../world';

/** What the snapshots of one node are watched with. */
export interface SnapshotWatchOptions {
  readonly world: World;
  readonly host: string;
  /** The metadata log's folder. */
  readonly folder: string;
  readonly contents: SnapshotContents;
}

/** Watches the snapshots on one node's disk over all its lives. */
export class SnapshotWatch {
  /** Set from the moment a received snapshot gets its name until the node has loaded it. */
  #isInstalling = false;

  constructor(private readonly options: SnapshotWatchOptions) {}

  /** A file is about to be renamed. */
  renames(disk: Disk, path: string): void {
    const { host, contents, world } = this.options;
    const named = snapshotNamed(path);
    if (named?.origin === undefined) return;
    contents.check(host, path, contentOf(disk, path));
    if (named.origin === 'made') return;
    world.mark('a snapshot of the leader was installed');
    this.#isInstalling = true;
  }

  /** The node starts on what is on its disk. */
  starts(disk: Disk): void {
    const { folder, world } = this.options;
    const isPartLeft = disk.list(folder).some((name) => snapshotNamed(name)?.origin === 'received');
    if (isPartLeft) world.mark('a crash interrupted the fetch of a snapshot');
    if (this.#isInstalling) world.mark('a crash interrupted the install of a snapshot');
    this.#isInstalling = false;
  }

  /** The node's listeners were given a snapshot. */
  loaded(): void {
    if (!this.#isInstalling) this.options.world.mark('a restarted node loaded a snapshot');
    this.#isInstalling = false;
  }

  /** R8: what lies before the log start is in a snapshot. */
  checkStart(disk: Disk): void {
    const { host, folder, world } = this.options;
    const names = disk.list(folder);
    const start = Number.parseInt(names.find((name) => name.endsWith('.log')) ?? '0', 10);
    if (start <= newestSnapshotEnd(names)) return;
    world.report('R8 snapshot', `the log of ${host} starts at ${start}, and no snapshot holds what came before`);
  }

  /** R8 once more, for the snapshots that are on disk now and did not decay there. */
  checkFiles(disk: Disk, isChanged: (path: string) => boolean): void {
    const { host, folder, contents } = this.options;
    for (const name of disk.list(folder)) {
      if (snapshotNamed(name)?.isComplete !== true || isChanged(`${folder}/${name}`)) continue;
      contents.check(host, name, contentOf(disk, `${folder}/${name}`));
    }
  }
}

/** Offset behind the last record that the newest snapshot among these files stands for; 0 without one. */
export function newestSnapshotEnd(names: readonly string[]): number {
  let newest = 0;
  for (const name of names) {
    const named = snapshotNamed(name);
    if (named?.isComplete === true) newest = Math.max(newest, named.endOffset);
  }
  return newest;
}

function contentOf(disk: Disk, path: string): Buffer {
  const file = disk.open(path, { readOnly: true });
  const bytes = Buffer.allocUnsafe(file.size());
  file.pread(bytes, 0);
  file.close();
  return bytes;
}
