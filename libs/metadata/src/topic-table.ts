import type { Uuid } from '@milena/model';
import { IntTable, PAGE_ROWS, type IntTableEdit } from './columns/int-table';
import { TextColumn, type TextColumnEdit } from './columns/text-column';
import { TextIndex, type TextIndexEdit } from './columns/text-index';

/** Where the partitions of a topic are: `count` rows of the partition table from `first` on. */
export interface TopicRows {
  readonly first: number;
  readonly count: number;
}

/** A topic as the table knows it. */
export interface TopicEntry extends TopicRows {
  readonly id: Uuid;
  readonly name: string;
}

const FIRST = 0;
const COUNT = 1;
/** Count of a topic that is gone; its slot stays empty. */
const GONE = -1;

/** The columns of topics, each topic in a slot of its own. */
interface Columns {
  readonly ids: TextColumn;
  readonly names: TextColumn;
  readonly rows: IntTable;
  readonly byId: TextIndex;
  readonly byName: TextIndex;
  /** How many topics there are. */
  readonly live: number;
}

const EMPTY: Columns = {
  ids: new TextColumn(),
  names: new TextColumn(),
  rows: new IntTable(2),
  byId: new TextIndex(),
  byName: new TextIndex(),
  live: 0,
};

/** Topics by id and by name, in columns of which a new version shares what did not change. Immutable. */
export class TopicTable {
  constructor(private readonly columns: Columns = EMPTY) {}

  get size(): number {
    return this.columns.live;
  }

  /** Slots taken up by topics that are gone. */
  get emptySlots(): number {
    return this.columns.rows.size - this.columns.live;
  }

  byId(id: Uuid): TopicEntry | undefined {
    return entryAt(this.columns, this.columns.byId.find(id, this.columns.ids));
  }

  byName(name: string): TopicEntry | undefined {
    return entryAt(this.columns, this.columns.byName.find(name, this.columns.names));
  }

  /** All topics, in the order in which they came. */
  *all(): Iterable<TopicEntry> {
    for (const slot of this.slots()) {
      const entry = entryAt(this.columns, slot);
      if (entry !== undefined) yield entry;
    }
  }

  /** Slots of all topics, in the order in which they came: for scans that look at few topics closely. */
  *slots(): Iterable<number> {
    const { rows } = this.columns;
    for (let start = 0; start < rows.size; start += PAGE_ROWS) {
      const page = rows.pageOf(start);
      const end = Math.min(rows.size, start + PAGE_ROWS);
      for (let slot = start; slot < end; slot++) if (page?.[COUNT * PAGE_ROWS + slot - start] !== GONE) yield slot;
    }
  }

  /** Where the partitions of the topic in a slot are. */
  rowsAt(slot: number): TopicRows {
    return { first: this.columns.rows.get(slot, FIRST), count: this.columns.rows.get(slot, COUNT) };
  }

  /** The topic in a slot that `slots` gave. */
  at(slot: number): TopicEntry | undefined {
    return entryAt(this.columns, slot);
  }

  edit(): TopicTableEdit {
    return new TopicTableEdit(this.columns);
  }
}

function entryAt(
  {
    ids,
    names,
    rows,
  }: { ids: TextColumn | TextColumnEdit; names: TextColumn | TextColumnEdit; rows: IntTable | IntTableEdit },
  slot: number | undefined,
): TopicEntry | undefined {
  if (slot === undefined) return undefined;
  return { id: ids.get(slot), name: names.get(slot), first: rows.get(slot, FIRST), count: rows.get(slot, COUNT) };
}

/** The next version of a TopicTable in the making. */
export class TopicTableEdit {
  readonly #ids: TextColumnEdit;
  readonly #names: TextColumnEdit;
  readonly #rows: IntTableEdit;
  readonly #byId: TextIndexEdit;
  readonly #byName: TextIndexEdit;
  #live: number;

  constructor({ ids, names, rows, byId, byName, live }: Columns) {
    this.#ids = ids.edit();
    this.#names = names.edit();
    this.#rows = rows.edit();
    this.#byId = byId.edit();
    this.#byName = byName.edit();
    this.#live = live;
  }

  get size(): number {
    return this.#live;
  }

  byId(id: Uuid): TopicEntry | undefined {
    return this.#entry(this.#byId.find(id, this.#ids));
  }

  byName(name: string): TopicEntry | undefined {
    return this.#entry(this.#byName.find(name, this.#names));
  }

  /** All topics, in the order in which they came. Nothing may be added meanwhile. */
  *all(): Iterable<TopicEntry> {
    for (let slot = 0; slot < this.#rows.size; slot++) {
      const entry = this.#rows.get(slot, COUNT) === GONE ? undefined : this.#entry(slot);
      if (entry !== undefined) yield entry;
    }
  }

  /** Adds a topic whose id and name are new. */
  add({ id, name, first, count }: TopicEntry): void {
    const slot = this.#rows.push([first, count]);
    this.#ids.set(slot, id);
    this.#names.set(slot, name);
    this.#byId.add(id, slot, this.#ids);
    this.#byName.add(name, slot, this.#names);
    this.#live += 1;
  }

  /** Sets where a known topic's partitions are. */
  place(id: Uuid, { first, count }: TopicRows): void {
    const slot = this.#byId.find(id, this.#ids);
    if (slot === undefined) return;
    this.#rows.set(slot, FIRST, first);
    this.#rows.set(slot, COUNT, count);
  }

  /** Takes a known topic away. */
  remove({ id, name }: TopicEntry): void {
    const slot = this.#byId.find(id, this.#ids);
    if (slot === undefined) return;
    this.#byId.remove(id, this.#ids);
    this.#byName.remove(name, this.#names);
    this.#rows.set(slot, COUNT, GONE);
    this.#ids.set(slot, '');
    this.#names.set(slot, '');
    this.#live -= 1;
  }

  apply(): TopicTable {
    return new TopicTable({
      ids: this.#ids.apply(),
      names: this.#names.apply(),
      rows: this.#rows.apply(),
      byId: this.#byId.apply(),
      byName: this.#byName.apply(),
      live: this.#live,
    });
  }

  #entry(slot: number | undefined): TopicEntry | undefined {
    return entryAt({ ids: this.#ids, names: this.#names, rows: this.#rows }, slot);
  }
}
