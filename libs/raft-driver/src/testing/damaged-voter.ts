import { crc32c } from '@milena/bytes';
import { createMemoryDisk, type MemoryDisk } from '@milena/platform/testing';
import { metadataFolder } from '../format-storage';
import { DriverCluster } from './driver-cluster';

const LOG_FOLDER = '/data';
/** Where a voter's metadata log lies. */
export const FOLDER = metadataFolder(LOG_FOLDER);
/** What is committed in the quorum of `DamagedVoter.stop`. */
export const COMMITTED = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k'];

/** How a start on a damaged disk ended: with an error and nothing changed, or with every record there and a part in the quorum. */
export type StartOutcome = { readonly type: 'refused'; readonly error: Error } | { readonly type: 'whole' };

/** A stopped voter of a quorum at work, to be started on damaged copies of its disk. */
export class DamagedVoter {
  private constructor(
    readonly cluster: DriverCluster,
    readonly nodeId: number,
  ) {}

  /**
   * Stops one of some voters, a follower if there is one, whose log begins at a snapshot and has closed segments, all of it
   * known to be committed on every disk.
   */
  static async stop(voters: readonly number[]): Promise<DamagedVoter> {
    const cluster = await DriverCluster.start({ voters, segmentBytes: 256, retention: { bytes: 1, ms: undefined } });
    await cluster.activeWithin(5000);
    const [first, second] = [COMMITTED.slice(0, 6), COMMITTED.slice(6, 7)];
    for (const values of [first, second]) {
      for (const value of values) await cluster.commit(value);
      for (const nodeId of voters) await cluster.snapshot(nodeId);
    }
    await cluster.time.advance(61_000);
    for (const value of COMMITTED.slice(7)) await cluster.commit(value);
    await cluster.time.advance(1000);
    const nodeId = voters.find((id) => id !== cluster.active()?.nodeId) ?? voters[0] ?? 0;
    cluster.kill(nodeId);
    return new DamagedVoter(cluster, nodeId);
  }

  /** Paths of its files, the lock aside. */
  files(): readonly string[] {
    const disk = this.cluster.disk(this.nodeId);
    return [`${LOG_FOLDER}/meta.properties`, ...disk.list(FOLDER).map((name) => `${FOLDER}/${name}`)].filter((path) =>
      disk.exists(path),
    );
  }

  content(path: string): Buffer {
    const file = this.cluster.disk(this.nodeId).open(path, { readOnly: true });
    const bytes = Buffer.alloc(file.size());
    file.pread(bytes, 0);
    file.close();
    return bytes;
  }

  /** Starts on a copy of the disk that `damage` has changed, and ends the process again; then the disk is as it was. */
  async start(damage: (disk: MemoryDisk) => void): Promise<StartOutcome> {
    const { cluster, nodeId } = this;
    const before = cluster.disk(nodeId);
    cluster.disks.set(nodeId, this.#copy());
    damage(cluster.disk(nodeId));
    try {
      return await this.#start();
    } finally {
      if (cluster.running.has(nodeId)) cluster.kill(nodeId);
      cluster.disks.set(nodeId, before);
    }
  }

  async #start(): Promise<StartOutcome> {
    const { cluster, nodeId } = this;
    const before = this.#precious();
    try {
      await cluster.run(nodeId, 'voter');
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      expect(this.#precious()).toEqual(before);
      return { type: 'refused', error };
    }
    const { driver, listener, fatal } = cluster.node(nodeId);
    const isWhole = (): boolean => driver.health() && listener.values.length === COMMITTED.length;
    await cluster.time.runUntil(() => fatal.length > 0 || isWhole(), 10_000);
    expect([...cluster.running.values()].flatMap((node) => node.fatal)).toEqual([]);
    expect(listener.values).toEqual(COMMITTED);
    expect(driver.health()).toBe(true);
    return { type: 'whole' };
  }

  /** What a node that refuses to start must leave as it is: all but what is made anew at every start. */
  #precious(): ReadonlyMap<string, number> {
    const files = this.files().filter((path) => !/index$|\.snapshot$/.test(path));
    return new Map(files.map((path) => [path, crc32c(this.content(path))]));
  }

  #copy(): MemoryDisk {
    const to = createMemoryDisk();
    to.makeFolder(FOLDER);
    for (const path of this.files()) {
      const file = to.open(path, { create: true });
      file.pwrite(this.content(path), 0);
      file.close();
      if (path.endsWith('.checkpoint')) to.makeReadOnly(path);
    }
    return to;
  }
}
