import { setTimeout as delay } from 'node:timers/promises';
import { errorInfo, errorName } from '@milena/model';
import { throwOnError } from './kafka-failure';

/** The first use of groups creates their topic, and a coordinator that moved loads its groups. */
const WITHIN_MS = 15_000;
const PAUSE_MS = 100;

/** An answer that may be an error. */
export interface CodedAnswer {
  readonly errorCode: number;
  readonly errorMessage?: string | null;
}

/** Asks again while the answer is an error that passes; throws CommandFailure for one that does not or stays too long. */
export async function retryPassingErrors<Answer extends CodedAnswer>(
  subject: string,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  const deadline = performance.now() + WITHIN_MS;
  for (;;) {
    const answer = await ask();
    const passes = answer.errorCode !== 0 && errorInfo(errorName(answer.errorCode)).retriable;
    if (!passes || performance.now() > deadline) {
      throwOnError(subject, answer.errorCode, answer.errorMessage);
      return answer;
    }
    await delay(PAUSE_MS);
  }
}
