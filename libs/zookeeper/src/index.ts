export { MalformedInput } from '@milena/bytes';
export { READ_ONLY_ACL, type AclEntry } from './protocol/acl';
export {
  fourLetterWord,
  isAnsweredWord,
  NOT_SERVING,
  notWhitelisted,
  type AnsweredWord,
} from './protocol/four-letter-word';
export {
  encodeConnectResponse,
  EXPIRED,
  PASSWORD_BYTES,
  readConnectRequest,
  type ConnectRequest,
  type ConnectResponse,
} from './protocol/handshake';
export { OPERATION_IDS, operationOf, type Operation } from './protocol/operation';
export { encodeReply, type ClientIdentity, type Reply, type ReplyBody, type StepResult } from './protocol/reply';
export type {
  AddWatchRequest,
  AuthRequest,
  MultiReadRequest,
  MultiRequest,
  RequestOf,
  SelectWatchesRequest,
  SetWatchesRequest,
  TransactionStep,
  WatchableRead,
  ZookeeperRequest,
} from './protocol/request';
export { readRequest, readRequestHeader, type RequestHeader } from './protocol/request-reader';
export {
  mntrText,
  settingsText,
  srvrText,
  statText,
  type ClientStatus,
  type ServerStatus,
} from './protocol/server-status';
export { encodeWatchEvent, type WatchEvent, type WatchEventType } from './protocol/watch-event';
export type { ZookeeperError } from './protocol/zookeeper-error';
export type { ZnodeStat } from './protocol/znode-stat';
export { ProjectedTree, type LeaderChangeInLog, type ProjectedTreeOptions } from './projection/projected-tree';
export type { ProjectedChange } from './projection/projected-topics';
export { brokerSessionId, clientSessionId, sessionIdText } from './sessions/session-id';
export { negotiatedTimeoutMs, type Session, type SessionTimeouts } from './sessions/session';
export type { LogChange } from './tree/log-change';
export { znodeStat, type OnZnodeEvent, type Znode, type ZnodeEvent, type ZnodeTree } from './tree/znode';
export { isZnodePath } from './tree/znode-path';
export { catchUpWatches, type CaughtUpWatches } from './watches/missed-events';
export { WatchRegistry, type WatchKind, type WatchLimits } from './watches/watch-registry';
