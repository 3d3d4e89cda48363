import type { LogChange } from './log-change';
import type { Znode, ZnodeHistory } from './znode';

/** Makes the data of a znode when somebody reads it. */
export type ZnodeData = () => Buffer | undefined;

const NO_DATA: ZnodeData = () => undefined;

/** A znode kept in memory with its children, for what is few: directories, brokers, the controller. */
export class DataZnode implements Znode {
  readonly #created: LogChange;
  readonly #ephemeralOwner: bigint;
  readonly #children = new Map<string, Znode>();
  #data: ZnodeData;
  #modified: LogChange;
  #version = 0;
  #cversion = 0;
  #pzxid: number;
  #sortedNames: readonly string[] | undefined;

  constructor(created: LogChange, data: ZnodeData = NO_DATA, ephemeralOwner = 0n) {
    this.#created = created;
    this.#modified = created;
    this.#pzxid = created.zxid;
    this.#data = data;
    this.#ephemeralOwner = ephemeralOwner;
  }

  get history(): ZnodeHistory {
    return {
      created: this.#created,
      modified: this.#modified,
      version: this.#version,
      cversion: this.#cversion,
      pzxid: this.#pzxid,
      ephemeralOwner: this.#ephemeralOwner,
    };
  }

  get childCount(): number {
    return this.#children.size;
  }

  get descendantCount(): number {
    let count = 0;
    for (const child of this.#children.values()) count += 1 + child.descendantCount;
    return count;
  }

  data(): Buffer | undefined {
    return this.#data();
  }

  childNames(): readonly string[] {
    this.#sortedNames ??= [...this.#children.keys()].sort();
    return this.#sortedNames;
  }

  child(name: string): Znode | undefined {
    return this.#children.get(name);
  }

  /** Adds a child that was not there. */
  add(name: string, child: Znode, { zxid }: LogChange): void {
    this.#children.set(name, child);
    this.#childrenChanged(zxid);
  }

  /** Removes a child; false when there is none of that name. */
  remove(name: string, { zxid }: LogChange): boolean {
    if (!this.#children.delete(name)) return false;
    this.#childrenChanged(zxid);
    return true;
  }

  /** Replaces the data. */
  write(data: ZnodeData, change: LogChange): void {
    this.#data = data;
    this.#modified = change;
    this.#version += 1;
  }

  #childrenChanged(zxid: number): void {
    this.#cversion += 1;
    this.#pzxid = zxid;
    this.#sortedNames = undefined;
  }
}
