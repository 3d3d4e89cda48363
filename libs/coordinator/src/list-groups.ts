import type { ClassicGroup } from './classic/classic-group';
import type { ListedGroup, ListGroupsRequest } from './group-views';
import type { GroupsImage } from './image/groups-image';

/** The groups of a coordinator that pass the filters: those with members, and those of which only offsets are kept. */
export function listGroups(
  groups: Iterable<ClassicGroup>,
  image: GroupsImage,
  { states, types }: ListGroupsRequest,
): readonly ListedGroup[] {
  if (types.length > 0 && !isAmong(types, 'classic')) return [];
  const listed = new Map<string, ListedGroup>();
  for (const [groupId] of image.entries()) {
    listed.set(groupId, { groupId, protocolType: '', state: 'Empty', type: 'classic' });
  }
  for (const { groupId, protocolType = '', state } of groups) {
    listed.set(groupId, { groupId, protocolType, state, type: 'classic' });
  }
  return [...listed.values()]
    .filter(({ state }) => states.length === 0 || isAmong(states, state))
    .sort((left, right) => (left.groupId < right.groupId ? -1 : 1));
}

function isAmong(names: readonly string[], wanted: string): boolean {
  return names.some((name) => name.toLowerCase() === wanted.toLowerCase());
}
