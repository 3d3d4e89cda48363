/** Numbers of the operations a client may ask for (ZooDefs.OpCode), under the names used in code, logs and metrics. */
export const OPERATION_IDS = {
  create: 1,
  delete: 2,
  exists: 3,
  getData: 4,
  setData: 5,
  getAcl: 6,
  setAcl: 7,
  getChildren: 8,
  sync: 9,
  ping: 11,
  getChildren2: 12,
  check: 13,
  multi: 14,
  create2: 15,
  reconfig: 16,
  checkWatches: 17,
  removeWatches: 18,
  createContainer: 19,
  createTtl: 21,
  multiRead: 22,
  auth: 100,
  setWatches: 101,
  getEphemerals: 103,
  getAllChildrenNumber: 104,
  setWatches2: 105,
  addWatch: 106,
  whoAmI: 107,
  closeSession: -11,
} as const;

/** Name of an operation. */
export type Operation = keyof typeof OPERATION_IDS;

const OPERATIONS = new Map<number, Operation>(
  Object.entries(OPERATION_IDS).map(([name, id]) => [id, name as Operation]),
);

/**
 * The operation of a number. Undefined for numbers nobody knows and for those that only servers use among themselves
 * (createSession, deleteContainer): a client that sends one is answered Unimplemented (CVE-2026-79993).
 */
export function operationOf(id: number): Operation | undefined {
  return OPERATIONS.get(id);
}
