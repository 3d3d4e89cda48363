import fc from 'fast-check';
import { offset, type ErrorName } from '@milena/model';
import type { IsrProposal } from './in-sync-set';
import { LeaderState } from './leader-state';

const REPLICAS = [1, 2, 3];
const LAG_MS = 100;

/** A controller that compares and sets, a leader, and what its followers really hold. */
class Scene {
  nowMs = 0;
  eligible = true;
  end = offset(10);
  readonly held = new Map([
    [2, 10],
    [3, 4],
  ]);
  readonly controller = { isr: [1, 2], partitionEpoch: 3 };
  readonly inFlight: IsrProposal[] = [];
  readonly leader = new LeaderState({
    localId: 1,
    leaderEpoch: 1,
    partitionEpoch: 3,
    replicas: REPLICAS,
    isr: [1, 2],
    epochStartOffset: offset(10),
    highWatermark: offset(4),
    minInsyncReplicas: 1,
    lagTimeMaxMs: LAG_MS,
    isEligible: () => this.eligible,
    nowMs: 0,
  });

  constructor() {
    this.leader.localEndMoved(this.end);
  }

  settle(): void {
    const before = this.leader.highWatermark;
    this.leader.advanceHighWatermark(this.end, this.nowMs);
    if (this.leader.highWatermark < before) throw new Error('the high watermark went back');
    for (const id of this.controller.isr) {
      const holds = id === 1 ? this.end : this.held.get(id)!;
      // Any member of the controller's ISR may lead next: it must hold everything that was shown as committed.
      if (holds < this.leader.highWatermark) throw new Error(`${id} is in sync but lacks what was committed`);
    }
  }

  append(count: number): void {
    this.end = offset(this.end + count);
    this.leader.localEndMoved(this.end);
  }

  fetch(replicaId: number, gained: number): void {
    const holds = this.held.get(replicaId)!;
    this.leader.followerFetched({ replicaId, brokerEpoch: 1, fetchOffset: offset(holds), nowMs: this.nowMs }, this.end);
    this.propose(this.leader.proposeExpansion(replicaId));
    this.settle();
    this.held.set(replicaId, Math.min(this.end, holds + gained));
  }

  propose(proposal: IsrProposal | undefined): void {
    if (proposal !== undefined) this.inFlight.push(proposal);
  }

  /** The controller gets a proposal: it decides, refuses or is not the one; with a time-out the answer is lost. */
  decide(answer: 'outcome' | ErrorName): void {
    const proposal = this.inFlight.shift();
    if (proposal === undefined) return;
    const isCurrent = proposal.partitionEpoch === this.controller.partitionEpoch;
    if (isCurrent && (answer === 'outcome' || answer === 'REQUEST_TIMED_OUT')) {
      this.controller.isr = proposal.newIsr.map(({ brokerId }) => brokerId);
      this.controller.partitionEpoch += 1;
    }
    const error = isCurrent || answer === 'REQUEST_TIMED_OUT' ? answer : 'INVALID_UPDATE_VERSION';
    if (error === 'outcome') this.leader.proposalAccepted(proposal, { leaderEpoch: 1, ...this.controller });
    else if (this.leader.proposalFailed(proposal, error) === 'retry') this.inFlight.push(proposal);
  }

  /** The controller drops a follower on its own, as it does when it fences a broker. */
  fence(replicaId: number): void {
    this.controller.isr = this.controller.isr.filter((id) => id !== replicaId);
    this.controller.partitionEpoch += 1;
  }

  followLog(): void {
    this.leader.update({ leaderEpoch: 1, replicas: REPLICAS, ...this.controller }, this.nowMs);
  }
}

const follower = fc.constantFrom(2, 3);
const answer = fc.constantFrom(
  'outcome' as const,
  'REQUEST_TIMED_OUT' as const,
  'INELIGIBLE_REPLICA' as const,
  'NOT_CONTROLLER' as const,
);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('append' as const), count: fc.integer({ min: 1, max: 5 }) }) },
  {
    weight: 10,
    arbitrary: fc.record({ do: fc.constant('fetch' as const), id: follower, gained: fc.constantFrom(0, 2, 8) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 150 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('shrink' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('decide' as const), answer }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fence' as const), id: follower }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('log' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('eligible' as const), value: fc.boolean() }) },
);

test('whoever the controller holds for in sync has everything that was ever committed', () => {
  const run = fc.property(fc.array(step, { minLength: 60, maxLength: 100 }), (steps) => {
    const scene = new Scene();
    for (const each of steps) {
      if (each.do === 'append') scene.append(each.count);
      else if (each.do === 'fetch') scene.fetch(each.id, each.gained);
      else if (each.do === 'wait') scene.nowMs += each.ms;
      else if (each.do === 'shrink') scene.propose(scene.leader.proposeShrink(scene.end, scene.nowMs));
      else if (each.do === 'decide') scene.decide(each.answer);
      else if (each.do === 'fence') scene.fence(each.id);
      else if (each.do === 'log') scene.followLog();
      else scene.eligible = each.value;
      scene.settle();
    }
  });
  fc.assert(run, { seed: 466, numRuns: 500 });
});
