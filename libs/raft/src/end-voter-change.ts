import type { RaftContext } from './raft-context';
import type { RefusedChange } from './refused-change';
import type { Leader, VoterChange } from './roles/leader';

/** Answers a request to change the voter set; `refused` is undefined when it was done. */
export function answerVoterChange(
  context: RaftContext,
  { requestId, request }: Pick<VoterChange, 'requestId' | 'request'>,
  refused?: RefusedChange,
): void {
  const facts = context.facts(refused?.error ?? 'NONE');
  const message = refused === undefined ? {} : { message: refused.message };
  context.effects.answer(requestId, { ...facts, ...message, type: request.type });
}

/** Ends the change under way, if there is one; whoever asked for it is told. */
export function endVoterChange(context: RaftContext, leader: Leader, refused?: RefusedChange): void {
  const { change } = leader;
  leader.change = undefined;
  if (change !== undefined) answerVoterChange(context, change, refused);
}
