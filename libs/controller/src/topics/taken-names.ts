import type { MetadataImage } from '@milena/metadata';

/** Dots and underscores of a name up to which its other spellings are looked up rather than searched for. */
const SEPARATORS_MAX = 6;

/**
 * Names that no new topic may have: those that exist, those taken here, and all that fall together with one of them where
 * metric names replace '.' by '_'. Of such names at most one exists.
 */
export class TakenNames {
  /** Names taken here, by their key. */
  readonly #taken = new Map<string, string>();

  constructor(private readonly image: MetadataImage) {}

  /** The name that is in the way of `name`, itself or another; undefined when it is free. */
  collidingWith(name: string): string | undefined {
    const taken = this.#taken.get(collisionKey(name));
    if (taken !== undefined || this.image.topicByName(name) !== undefined) return taken ?? name;
    const separators = name.match(/[._]/g)?.length ?? 0;
    if (separators === 0) return undefined;
    return separators <= SEPARATORS_MAX ? this.#lookUp(name) : this.#search(name);
  }

  take(name: string): void {
    this.#taken.set(collisionKey(name), name);
  }

  #lookUp(name: string): string | undefined {
    return spellings(name).find((spelling) => this.image.topicByName(spelling) !== undefined);
  }

  #search(name: string): string | undefined {
    const key = collisionKey(name);
    for (const topic of this.image.topics()) if (collisionKey(topic.name) === key) return topic.name;
    return undefined;
  }
}

function collisionKey(name: string): string {
  return name.replaceAll('.', '_');
}

/** The name with each of its dots and underscores being either. */
function spellings(name: string): readonly string[] {
  return name
    .split(/[._]/)
    .reduce<readonly string[]>(
      (begun, part) => (begun.length === 0 ? [part] : begun.flatMap((text) => [`${text}.${part}`, `${text}_${part}`])),
      [],
    );
}
