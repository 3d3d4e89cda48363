/** The errors a request can be answered with, under the names of ZooKeeper's KeeperException.Code. */
export const ZOOKEEPER_ERRORS = {
  SystemError: -1,
  RuntimeInconsistency: -2,
  ConnectionLoss: -4,
  MarshallingError: -5,
  Unimplemented: -6,
  OperationTimeout: -7,
  BadArguments: -8,
  NoNode: -101,
  NoAuth: -102,
  BadVersion: -103,
  AuthFailed: -115,
  NoWatcher: -121,
  ThrottledOp: -127,
} as const;

/** Name of an error. */
export type ZookeeperError = keyof typeof ZOOKEEPER_ERRORS;
