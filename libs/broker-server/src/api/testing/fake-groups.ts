import type { GroupCoordinators } from '../../coordinator/group-coordinators';

/** Group coordinators of which a spec scripts what it needs; anything else that is asked fails the spec. */
export function fakeGroups(scripted: Partial<GroupCoordinators> = {}): GroupCoordinators {
  const unscripted = (name: string) => (): never => {
    throw new Error(`the spec has no answer for groups.${name}`);
  };
  return {
    partitionFor: unscripted('partitionFor'),
    locate: unscripted('locate'),
    joinGroup: unscripted('joinGroup'),
    syncGroup: unscripted('syncGroup'),
    heartbeat: unscripted('heartbeat'),
    leaveGroup: unscripted('leaveGroup'),
    commitOffsets: unscripted('commitOffsets'),
    fetchOffsets: unscripted('fetchOffsets'),
    describeGroup: unscripted('describeGroup'),
    listGroups: unscripted('listGroups'),
    deleteGroups: unscripted('deleteGroups'),
    deleteOffsets: unscripted('deleteOffsets'),
    ...scripted,
  };
}
