import type { BatchMark } from '../read-log';
import type { World } from '../world';

/** R3, P4: where two logs agree on the end and epoch of a batch, everything before it is equal too. */
export function checkLogMatching(world: World, logs: ReadonlyMap<string, readonly BatchMark[]>): void {
  const entries = [...logs];
  entries.forEach(([leftName, left], index) => {
    for (const [rightName, right] of entries.slice(index + 1)) comparePair(world, [leftName, left], [rightName, right]);
  });
}

type NamedLog = readonly [name: string, marks: readonly BatchMark[]];

function comparePair(world: World, [leftName, left]: NamedLog, [rightName, right]: NamedLog): void {
  const ends = new Map(right.map((mark, position) => [mark.lastOffset, position]));
  for (let position = left.length - 1; position >= 0; position -= 1) {
    const mark = left[position]!;
    const other = ends.get(mark.lastOffset);
    if (other === undefined || right[other]?.epoch !== mark.epoch) continue;
    const firstShared = Math.max(left[0]!.baseOffset, right[0]!.baseOffset);
    comparePrefix(world, [leftName, left.slice(0, position + 1)], [rightName, right.slice(0, other + 1)], firstShared);
    return;
  }
}

function comparePrefix(world: World, [leftName, left]: NamedLog, [rightName, right]: NamedLog, from: number): void {
  const leftShared = left.filter(({ baseOffset }) => baseOffset >= from);
  const rightShared = right.filter(({ baseOffset }) => baseOffset >= from);
  leftShared.forEach((mark, index) => {
    const other = rightShared[index];
    if (
      other !== undefined &&
      other.lastOffset === mark.lastOffset &&
      other.epoch === mark.epoch &&
      other.crc === mark.crc
    )
      return;
    world.violated(
      'R3 log matching',
      `${leftName} and ${rightName} differ at ${mark.baseOffset} before a batch they share`,
    );
  });
}
