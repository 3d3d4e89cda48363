/** What is left of these items, or fewer, when what the search looks for is still there; undefined when it is not. */
export type Attempt<T> = (items: readonly T[]) => Promise<readonly T[] | undefined>;

/**
 * Leaves out as much of a list as it can: ever smaller pieces, each tried from the end to the beginning, until no single
 * item can be left out (delta debugging, Zeller and Hildebrandt 2002, complements only). Stops early when `isOver`. When
 * an attempt only asks whether certain items are there, exactly those are left.
 */
export async function minimizeList<T>(
  items: readonly T[],
  attempt: Attempt<T>,
  isOver: () => boolean,
): Promise<readonly T[]> {
  let left = items;
  let size = items.length;
  while (size > 0 && !isOver()) {
    const before = left.length;
    left = await leaveOutPieces(left, size, attempt, isOver);
    // Single items again and again: one may have become idle because another has gone.
    size = size > 1 ? Math.max(1, Math.min(size >> 1, left.length >> 1)) : left.length < before ? 1 : 0;
  }
  return left;
}

async function leaveOutPieces<T>(
  items: readonly T[],
  size: number,
  attempt: Attempt<T>,
  isOver: () => boolean,
): Promise<readonly T[]> {
  let left = items;
  for (let end = left.length; end > 0 && !isOver(); end = Math.min(end - size, left.length)) {
    left = (await attempt([...left.slice(0, Math.max(0, end - size)), ...left.slice(end)])) ?? left;
  }
  return left;
}
