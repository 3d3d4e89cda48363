import { Pages, type PageKind, type PagesEdit } from './pages';
import { PAGE_ROWS } from './int-table';

type TextPage = string[];

const TEXT_PAGES: PageKind<TextPage> = { empty: () => [], copy: (page) => [...page] };

/** A column of texts, of which a new version shares the pages that did not change. Immutable. */
export class TextColumn {
  constructor(private readonly pages: Pages<TextPage> = new Pages(TEXT_PAGES)) {}

  /** The text of a row; empty where none was written. */
  get(row: number): string {
    return this.pages.at(Math.floor(row / PAGE_ROWS))?.[row % PAGE_ROWS] ?? '';
  }

  edit(): TextColumnEdit {
    return new TextColumnEdit(this.pages.edit());
  }
}

/** The next version of a TextColumn in the making. */
export class TextColumnEdit {
  readonly #pages: PagesEdit<TextPage>;

  constructor(pages: PagesEdit<TextPage>) {
    this.#pages = pages;
  }

  get(row: number): string {
    return this.#pages.at(Math.floor(row / PAGE_ROWS))?.[row % PAGE_ROWS] ?? '';
  }

  set(row: number, text: string): void {
    this.#pages.writable(Math.floor(row / PAGE_ROWS))[row % PAGE_ROWS] = text;
  }

  apply(): TextColumn {
    return new TextColumn(this.#pages.apply());
  }
}
