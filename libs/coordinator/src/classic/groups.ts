import type { GroupContext } from '../group-context';
import type { ClassicGroup } from './classic-group';
import { loadedGroup, newGroup } from './new-group';

/** Groups with members, or with something else that only their coordinator knows. */
export class Groups {
  readonly #known = new Map<string, ClassicGroup>();

  constructor(private readonly context: GroupContext) {}

  get size(): number {
    return this.#known.size;
  }

  /** Takes over what a former coordinator kept. */
  load(): void {
    for (const [groupId, { metadata }] of this.context.image().entries()) {
      if (metadata !== undefined) this.#known.set(groupId, loadedGroup(this.context, groupId, metadata));
    }
  }

  /** A group that exists, be it only by its offsets. */
  find(groupId: string): ClassicGroup | undefined {
    const known = this.#known.get(groupId);
    if (known !== undefined || this.context.image().group(groupId) === undefined) return known;
    return this.create(groupId);
  }

  /** Makes a group that does not exist. */
  create(groupId: string): ClassicGroup {
    const group = newGroup(this.context, groupId);
    this.#known.set(groupId, group);
    return group;
  }

  /** Forgets a group of which nothing is to be known but what is kept. */
  releaseIfVacant(group: ClassicGroup): void {
    if (group.isVacant) this.#known.delete(group.groupId);
  }

  /** Forgets the groups that became vacant while nobody asked for them, and empty ones of which nothing could be kept. */
  releaseAbandoned(): void {
    for (const group of this.#known.values()) {
      const isEmpty = group.state === 'Empty' && group.pendingMembers.size === 0;
      const isKept = this.context.image().group(group.groupId) !== undefined;
      if (group.isVacant || (isEmpty && !isKept)) this.#known.delete(group.groupId);
    }
  }

  /** Forgets a group that was deleted. */
  drop(group: ClassicGroup): void {
    this.#known.delete(group.groupId);
  }

  /** All groups that are known without looking at what is kept. */
  known(): Iterable<ClassicGroup> {
    return this.#known.values();
  }
}
