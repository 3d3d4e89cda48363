import { unreachable } from '@milena/model';
import {
  isZnodePath,
  READ_ONLY_ACL,
  znodeStat,
  type Reply,
  type RequestOf,
  type StepResult,
  type WatchableRead,
  type WatchKind,
  type ZnodeTree,
} from '@milena/zookeeper';

/** Bytes of one multiRead's answer from which on its reads are throttled: how many they are, and of what, clients choose. */
const MULTI_READ_BYTES_MAX = 4 * 1024 * 1024;
const STAT_BYTES = 68;

/** Sets a watch of the client that asks; false when it has too many. */
export type ArmWatch = (kind: WatchKind, path: string) => boolean;

/** Requests that are answered from the tree alone. */
export type TreeRead = WatchableRead | RequestOf<'getAcl' | 'getAllChildrenNumber' | 'multiRead'>;

const NO_NODE: Reply = { kind: 'error', error: 'NoNode' };
const BAD_PATH: Reply = { kind: 'error', error: 'BadArguments' };
const THROTTLED: Reply = { kind: 'error', error: 'ThrottledOp' };

/** Answers a read from the tree as it is now. */
export function answerRead(tree: ZnodeTree, request: TreeRead, arm: ArmWatch): Reply {
  switch (request.operation) {
    case 'exists':
    case 'getData':
    case 'getChildren':
    case 'getChildren2':
      return answerWatchable(tree, request, arm);
    case 'getAcl': {
      const znode = tree.find(request.path);
      return znode === undefined ? NO_NODE : { kind: 'acl', acl: READ_ONLY_ACL, stat: znodeStat(znode) };
    }
    case 'getAllChildrenNumber': {
      const znode = tree.find(request.path);
      return znode === undefined ? NO_NODE : { kind: 'number', value: znode.descendantCount };
    }
    case 'multiRead':
      return { kind: 'results', results: stepResults(tree, request, arm) };
    default:
      return unreachable(request);
  }
}

function answerWatchable(tree: ZnodeTree, { operation, path, watch }: WatchableRead, arm: ArmWatch): Reply {
  if (!isZnodePath(path)) return BAD_PATH;
  const znode = tree.find(path);
  // A watch by exists waits for a znode that is not there yet; the others are about one that is.
  const isArmed = !watch || (znode === undefined && operation !== 'exists') || arm(watchKind(operation), path);
  if (!isArmed) return THROTTLED;
  if (znode === undefined) return NO_NODE;
  switch (operation) {
    case 'exists':
      return { kind: 'stat', stat: znodeStat(znode) };
    case 'getData': {
      const data = znode.data();
      return { kind: 'data', data, stat: znodeStat(znode, data?.length ?? 0) };
    }
    case 'getChildren':
      return { kind: 'children', children: znode.childNames() };
    case 'getChildren2':
      return { kind: 'children', children: znode.childNames(), stat: znodeStat(znode) };
    default:
      return unreachable(operation);
  }
}

function watchKind(operation: WatchableRead['operation']): 'data' | 'child' {
  return operation === 'exists' || operation === 'getData' ? 'data' : 'child';
}

function stepResults(tree: ZnodeTree, { reads }: RequestOf<'multiRead'>, arm: ArmWatch): readonly StepResult[] {
  let answeredBytes = 0;
  return reads.map((read) => {
    if (answeredBytes >= MULTI_READ_BYTES_MAX) return { step: 'error', error: 'ThrottledOp' };
    const result = stepResult(tree, read, arm);
    answeredBytes += sizeInBytes(result);
    return result;
  });
}

function sizeInBytes(result: StepResult): number {
  if (result.step === 'getData') return STAT_BYTES + (result.data?.length ?? 0);
  if (result.step === 'getChildren') return result.children.reduce((sum, name) => sum + 4 + name.length, 4);
  return 4;
}

/** Each read of a multiRead stands for itself: the failure of one does not touch the others. */
function stepResult(tree: ZnodeTree, read: WatchableRead, arm: ArmWatch): StepResult {
  const reply = answerWatchable(tree, read, arm);
  if (reply.kind === 'data') return { step: 'getData', data: reply.data, stat: reply.stat };
  if (reply.kind === 'children') return { step: 'getChildren', children: reply.children };
  return { step: 'error', error: reply.kind === 'error' ? reply.error : 'SystemError' };
}
