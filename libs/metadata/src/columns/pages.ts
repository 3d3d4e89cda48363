/** Pages a chunk of the directory refers to. */
const CHUNK_PAGES = 64;

/** How pages of one kind are made and copied. */
export interface PageKind<Page extends object> {
  empty(): Page;
  copy(page: Page): Page;
}

type Directory<Page> = readonly (readonly Page[])[];

/**
 * A row of pages, numbered from 0, of which a new version shares all pages that did not change: two levels of directory,
 * so that changing one page copies that page, one chunk of 64 references and the references to the chunks. Immutable.
 */
export class Pages<Page extends object> {
  readonly #directory: Directory<Page>;

  constructor(
    readonly kind: PageKind<Page>,
    directory: Directory<Page> = [],
  ) {
    this.#directory = directory;
  }

  /** The page of a number; undefined where there is none yet. */
  at(index: number): Page | undefined {
    return this.#directory[Math.floor(index / CHUNK_PAGES)]?.[index % CHUNK_PAGES];
  }

  /** Begins a next version. */
  edit(): PagesEdit<Page> {
    return new PagesEdit(this.kind, this.#directory);
  }
}

/** The next version of Pages in the making. A page is copied when it is first written to. */
export class PagesEdit<Page extends object> {
  readonly #kind: PageKind<Page>;
  readonly #base: Directory<Page>;
  /** Chunks written to; the others are those of the base. */
  readonly #chunks: Page[][] = [];
  #owned: Set<Page> | undefined;

  constructor(kind: PageKind<Page>, base: Directory<Page>) {
    this.#kind = kind;
    this.#base = base;
  }

  at(index: number): Page | undefined {
    const chunk = Math.floor(index / CHUNK_PAGES);
    return (this.#chunks[chunk] ?? this.#base[chunk])?.[index % CHUNK_PAGES];
  }

  /** The page of a number, to be written to; an empty one where there is none yet. */
  writable(index: number): Page {
    const number = Math.floor(index / CHUNK_PAGES);
    const chunk = (this.#chunks[number] ??= [...(this.#base[number] ?? [])]);
    const known = chunk[index % CHUNK_PAGES];
    if (known !== undefined && this.#owned?.has(known) === true) return known;
    const page = known === undefined ? this.#kind.empty() : this.#kind.copy(known);
    chunk[index % CHUNK_PAGES] = page;
    (this.#owned ??= new Set()).add(page);
    return page;
  }

  /** The version made. The edit must not be written to afterwards. */
  apply(): Pages<Page> {
    if (this.#chunks.length === 0) return new Pages(this.#kind, this.#base);
    const directory: (readonly Page[])[] = this.#base.slice();
    while (directory.length < this.#chunks.length) directory.push([]);
    this.#chunks.forEach((chunk, index) => (directory[index] = chunk));
    return new Pages(this.#kind, directory);
  }
}
