import fc from 'fast-check';
import { completedReassignment, isReassigning, reassignmentTo, targetReplicas, without } from './reassignment';

const brokerIds = fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 });
const settled = (replicas: readonly number[]) => ({ replicas, addingReplicas: [], removingReplicas: [] });

describe('reassignment', () => {
  it('leads to the target, in its order, and leaves the way back open', () => {
    fc.assert(
      fc.property(brokerIds, brokerIds, brokerIds, (original, first, second) => {
        const once = reassignmentTo(settled(original), first);
        const twice = reassignmentTo(once, second);
        for (const [assignment, target] of [
          [once, first],
          [twice, second],
        ] as const) {
          expect(targetReplicas(assignment)).toEqual(target);
          const back = without(assignment.replicas, assignment.addingReplicas);
          expect([...back].sort()).toEqual([...original].sort());
          expect(new Set(assignment.replicas).size).toBe(assignment.replicas.length);
        }
        expect(isReassigning(once)).toBe([...original].sort().join() !== [...first].sort().join());
      }),
    );
  });

  it('is complete when every replica of the target is in sync, whoever else is', () => {
    const assignment = reassignmentTo(settled([1, 2, 3]), [4, 1]);
    expect(completedReassignment(assignment, [1, 2, 3])).toBeUndefined();
    expect(completedReassignment(assignment, [2, 4])).toBeUndefined();
    expect(completedReassignment(assignment, [1, 2, 4])).toEqual({ replicas: [4, 1], isr: [1, 4] });
    expect(completedReassignment(settled([1, 2]), [1, 2])).toBeUndefined();
  });

  it('that only takes away waits for those who stay', () => {
    const assignment = reassignmentTo(settled([1, 2, 3]), [1, 2]);
    expect(completedReassignment(assignment, [1, 3])).toBeUndefined();
    expect(completedReassignment(assignment, [3, 2, 1])).toEqual({ replicas: [1, 2], isr: [2, 1] });
  });
});
