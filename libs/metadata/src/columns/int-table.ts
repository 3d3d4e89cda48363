import { Pages, type PageKind, type PagesEdit } from './pages';

/** Rows of one page. A page of seven columns is 1.75 KiB: little to copy for one change, and ten times its own overhead. */
export const PAGE_ROWS = 64;

function pageKind(columns: number): PageKind<Int32Array> {
  return { empty: () => new Int32Array(columns * PAGE_ROWS), copy: (page) => page.slice() };
}

/** Rows of 32-bit integers in columns, of which a new version shares the pages that did not change. Immutable. */
export class IntTable {
  /** Made with the number of columns; the pages are those of an edit. */
  constructor(
    readonly columns: number,
    /** How many rows there are. */
    readonly size: number = 0,
    private readonly pages: Pages<Int32Array> = new Pages(pageKind(columns)),
  ) {}

  /** A value; 0 in rows that were never written to. */
  get(row: number, column: number): number {
    return this.pages.at(Math.floor(row / PAGE_ROWS))?.[column * PAGE_ROWS + (row % PAGE_ROWS)] ?? 0;
  }

  /** The page a row is in: column c of the row is at `c * PAGE_ROWS + row % PAGE_ROWS`. For scans. */
  pageOf(row: number): Int32Array | undefined {
    return this.pages.at(Math.floor(row / PAGE_ROWS));
  }

  edit(): IntTableEdit {
    return new IntTableEdit(this.columns, this.size, this.pages.edit());
  }
}

/** The next version of an IntTable in the making. */
export class IntTableEdit {
  readonly #pages: PagesEdit<Int32Array>;
  #size: number;

  constructor(
    readonly columns: number,
    size: number,
    pages: PagesEdit<Int32Array>,
  ) {
    this.#pages = pages;
    this.#size = size;
  }

  get size(): number {
    return this.#size;
  }

  get(row: number, column: number): number {
    return this.#pages.at(Math.floor(row / PAGE_ROWS))?.[column * PAGE_ROWS + (row % PAGE_ROWS)] ?? 0;
  }

  /** As IntTable.pageOf, until the row is written to. */
  pageOf(row: number): Int32Array | undefined {
    return this.#pages.at(Math.floor(row / PAGE_ROWS));
  }

  set(row: number, column: number, value: number): void {
    this.#pages.writable(Math.floor(row / PAGE_ROWS))[column * PAGE_ROWS + (row % PAGE_ROWS)] = value;
  }

  /** Adds a row and returns its number. */
  push(values: readonly number[]): number {
    const row = this.#size++;
    const page = this.#pages.writable(Math.floor(row / PAGE_ROWS));
    const at = row % PAGE_ROWS;
    for (let column = 0; column < values.length; column++) page[column * PAGE_ROWS + at] = values[column] ?? 0;
    return row;
  }

  apply(): IntTable {
    return new IntTable(this.columns, this.#size, this.#pages.apply());
  }
}
