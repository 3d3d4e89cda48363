import type { ErrorName, Offset } from '@milena/model';
import type { FetchRequest, ReadIndexRequest, ReadIndexResponse } from './messages';
import type { RaftContext } from './raft-context';
import type { Leader, Progress } from './roles/leader';

/** Most questions that may wait at one time. */
const READS_MAX = 1_000;

/**
 * Someone asks how much of the log a read must see (read index: Raft dissertation, section 6.4; Raft paper, section 8). The
 * leader notes its high watermark, makes sure that nobody led a later epoch when the question came, and answers the mark.
 * Whoever has applied the log up to there sees whatever any leader had told anybody to be committed before the question.
 *
 * _The mark is enough_: once a record of the leader's own epoch is committed, its high watermark is past all that former
 * leaders committed (Raft section 5.4.2, KAFKA-12619); a question that comes earlier waits for that. Later leaders committed
 * nothing before the question, if there were none.
 *
 * _There was none_, if a majority of voters were still in this epoch at some moment behind the question: whoever gives its
 * vote to a later epoch leaves this one first, for ever, and writes that down. It must be a majority of the latest voter set
 * in the leader's log; a later leader may rule by the one before or after, of which any majority shares a voter with it.
 *
 * _Which fetches say that_: those of this epoch that were sent behind the question. That they arrive behind it says nothing.
 * The fetch of a voter may lie in the network while this voter is elected in a later epoch and commits; counted when it
 * arrives, it would let the old leader answer with a mark that lacks those records. That a replica has one fetch under way
 * does not exclude it: one that got no answer in time is repeated on another stream, and the former may still come in. So
 * nothing is concluded from order or time. Every question has a number, larger than all before it in this epoch; the answers
 * to fetches carry the latest number, and the next fetches repeat the largest that this epoch's leader has told. A fetch
 * that repeats number n was sent behind an answer that was sent behind question n. Late, doubled and reordered fetches can
 * only repeat smaller numbers than they might. Since an epoch has one leader, who counts from 1 and never leads it again, a
 * number never means two questions. What else the fetch says does not matter: a voter whose log parts from the leader's, or
 * that is sent a snapshot first, is in this epoch as well.
 *
 * The leader cannot push, so it answers the parked fetches of voters at once while questions wait; a round takes one trip to
 * a majority and back, and all that came before it began share it. The only voter is a majority by itself.
 */
export function receiveReadIndex(context: RaftContext, requestId: number, request: ReadIndexRequest): void {
  const { role } = context.quorum;
  if (request.clusterId !== undefined && request.clusterId !== context.clusterId) {
    return answer(context, requestId, 'INCONSISTENT_CLUSTER_ID');
  }
  if (role.name !== 'leader') return answer(context, requestId, 'NOT_LEADER_OR_FOLLOWER');
  if (role.reads.size >= READS_MAX) return answer(context, requestId, 'THROTTLING_QUOTA_EXCEEDED');
  role.readRound += 1;
  const timeoutMs = Math.min(request.timeoutMs, context.settings.requestTimeoutMs);
  const deadlineMs = context.nowMs + timeoutMs;
  role.reads.set(requestId, { requestId, round: role.readRound, readIndex: role.highWatermark, deadlineMs });
}

/** Notes what a fetch says of the questions: it was sent behind the one whose number it repeats. */
export function confirmReads(progress: Progress, { readRound = 0 }: FetchRequest): void {
  progress.readRound = Math.max(progress.readRound, readRound);
}

/** Whether a fetch is to be answered at once, so that the voter's next one confirms the questions that wait. */
export function isAskedToConfirm(
  context: RaftContext,
  leader: Leader,
  { replica, readRound = 0 }: FetchRequest,
): boolean {
  return leader.reads.size > 0 && readRound < leader.readRound && context.history.latest.includes(replica);
}

/** Answers the questions that are confirmed, or whose time is up; returns when the next one's is. */
export function pollReads(context: RaftContext, leader: Leader): number {
  if (leader.reads.size === 0) return Infinity;
  const confirmed = context.bugs.readWithoutMajority === true ? Infinity : confirmedRound(context, leader);
  let nextMs = Infinity;
  for (const { requestId, round, readIndex = leader.highWatermark, deadlineMs } of leader.reads.values()) {
    if (round <= confirmed && readIndex !== undefined) {
      leader.reads.delete(requestId);
      answer(context, requestId, 'NONE', readIndex);
    } else if (context.nowMs >= deadlineMs) {
      leader.reads.delete(requestId);
      answer(context, requestId, 'REQUEST_TIMED_OUT');
    } else nextMs = Math.min(nextMs, deadlineMs);
  }
  return nextMs;
}

/** The largest number that a majority of voters repeated; a leader that is none itself does not count. */
function confirmedRound({ history }: RaftContext, leader: Leader): number {
  const { voters, majority } = history.latest;
  const rounds = voters.map(({ key }) => leader.voter(key)?.readRound ?? Infinity);
  return rounds.toSorted((left, right) => right - left)[majority - 1] ?? 0;
}

/** This replica ceases to lead: whoever waits must ask its successor. */
export function dismissReads(context: RaftContext, leader: Leader): void {
  for (const requestId of leader.reads.keys()) answer(context, requestId, 'NOT_LEADER_OR_FOLLOWER');
  leader.reads.clear();
}

function answer(context: RaftContext, requestId: number, error: ErrorName, readIndex?: Offset): void {
  const response: ReadIndexResponse = { ...context.facts(error), type: 'readIndex' };
  context.effects.answer(requestId, readIndex === undefined ? response : { ...response, readIndex });
}
