import { IntTable, type IntTableEdit } from './int-table';

/** Where the texts are of which an index knows the rows. */
export interface Texts {
  get(row: number): string;
}

/** Smallest number of places. */
const PLACES_MIN = 256;
/** A place that was never taken ends a search; one that was given up does not. */
const FREE = 0;
const GIVEN_UP = -1;

/**
 * Finds the row of a text: a hash table with open addressing whose places hold row + 1 in an IntTable, so that a new
 * version shares what did not change and an entry costs 8 to 16 bytes. Immutable.
 */
export class TextIndex {
  constructor(
    private readonly places: IntTable = new IntTable(1),
    private readonly capacity: number = PLACES_MIN,
    /** Places that are not free. */
    private readonly taken: number = 0,
  ) {}

  /** The row whose text in `texts` is `text`. */
  find(text: string, texts: Texts): number | undefined {
    return search(this.places, this.capacity, text, texts)?.row;
  }

  edit(): TextIndexEdit {
    return new TextIndexEdit(this.places.edit(), this.capacity, this.taken);
  }
}

/** The next version of a TextIndex in the making. */
export class TextIndexEdit {
  #places: IntTableEdit;
  #capacity: number;
  #taken: number;

  constructor(places: IntTableEdit, capacity: number, taken: number) {
    this.#places = places;
    this.#capacity = capacity;
    this.#taken = taken;
  }

  find(text: string, texts: Texts): number | undefined {
    return search(this.#places, this.#capacity, text, texts)?.row;
  }

  /** Adds a text that is not there yet. */
  add(text: string, row: number, texts: Texts): void {
    if (this.#taken * 2 >= this.#capacity) this.#grow(texts);
    this.#put(text, row);
  }

  /** Takes a text away. */
  remove(text: string, texts: Texts): void {
    const found = search(this.#places, this.#capacity, text, texts);
    if (found !== undefined) this.#places.set(found.place, 0, GIVEN_UP);
  }

  apply(): TextIndex {
    return new TextIndex(this.#places.apply(), this.#capacity, this.#taken);
  }

  #put(text: string, row: number): void {
    let place = hashOf(text) & (this.#capacity - 1);
    while (this.#places.get(place, 0) !== FREE) place = (place + 1) & (this.#capacity - 1);
    this.#places.set(place, 0, row + 1);
    this.#taken += 1;
  }

  /** Begins anew with room for twice what is really there. */
  #grow(texts: Texts): void {
    const rows: number[] = [];
    for (let place = 0; place < this.#capacity; place++) {
      const value = this.#places.get(place, 0);
      if (value > 0) rows.push(value - 1);
    }
    while (this.#capacity < rows.length * 4) this.#capacity *= 2;
    this.#places = new IntTable(1).edit();
    this.#taken = 0;
    for (const row of rows) this.#put(texts.get(row), row);
  }
}

function search(
  places: IntTable | IntTableEdit,
  capacity: number,
  text: string,
  texts: Texts,
): { readonly row: number; readonly place: number } | undefined {
  let place = hashOf(text) & (capacity - 1);
  for (;;) {
    const value = places.get(place, 0);
    if (value === FREE) return undefined;
    if (value !== GIVEN_UP && texts.get(value - 1) === text) return { row: value - 1, place };
    place = (place + 1) & (capacity - 1);
  }
}

/** FNV-1a over the UTF-16 units, stirred once more so that the low bits depend on all of them. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  return (hash ^ (hash >>> 15)) >>> 0;
}
