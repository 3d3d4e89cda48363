import type { Reply, RequestOf, StepResult, TransactionStep, ZnodeTree, ZookeeperError } from '@milena/zookeeper';

/** A single write, or a check, which changes nothing. */
export type WriteRequest = TransactionStep | RequestOf<'setAcl' | 'reconfig'>;

/** Why clients cannot write, for the log. */
export const WRITES_REFUSED = 'the tree shows the metadata log; change it by the admin API or a Kafka client';

/** Answers a request that would change the tree, if anybody might; a check is answered truly. */
export function answerWrite(tree: ZnodeTree, request: WriteRequest): Reply {
  const error = failureOf(tree, request);
  return error === undefined ? { kind: 'nothing' } : { kind: 'error', error };
}

/**
 * Answers a multi. The first step that fails names its error; those before it say "no error", those after it
 * RuntimeInconsistency, and the reply as a whole succeeds.
 */
export function answerMulti(tree: ZnodeTree, { steps }: RequestOf<'multi'>): Reply {
  const errors = steps.map((step) => failureOf(tree, step));
  const culprit = errors.findIndex((error) => error !== undefined);
  const results = steps.map((_, index): StepResult => {
    if (culprit < 0) return { step: 'check' };
    if (index < culprit) return { step: 'error', error: 'none' };
    return { step: 'error', error: index === culprit ? (errors[index] ?? 'NoAuth') : 'RuntimeInconsistency' };
  });
  return { kind: 'results', results };
}

/** Undefined when nothing stands against it, which only a check can be. */
function failureOf(tree: ZnodeTree, request: WriteRequest): ZookeeperError | undefined {
  if (request.operation !== 'check') return 'NoAuth';
  const znode = tree.find(request.path);
  if (znode === undefined) return 'NoNode';
  return request.version === -1 || request.version === znode.history.version ? undefined : 'BadVersion';
}
