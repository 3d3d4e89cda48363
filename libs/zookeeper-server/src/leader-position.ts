import { MalformedInput } from '@milena/bytes';
import { describeQuorumRpc } from '@milena/cluster-protocol';
import type { Offset } from '@milena/model';
import type { Platform } from '@milena/platform';
import type { ActiveControllerChannel } from '@milena/raft-driver';

/** Asks the active controller how far the log is committed now; undefined when nobody answers in time. Never rejects. */
export type AskLeaderPosition = (timeoutMs: number) => Promise<Offset | undefined>;

/** Pause before the question is asked again, while nobody leads or the one asked does not. */
const ASK_AGAIN_MS = 50;

/** Makes the question from a channel to the active controller. */
export function createAskLeaderPosition(
  channel: Pick<ActiveControllerChannel, 'unary'>,
  { clock, timers }: Pick<Platform, 'clock' | 'timers'>,
): AskLeaderPosition {
  const request = describeQuorumRpc.encodeRequest({ type: 'describeQuorum' });
  return async (timeoutMs) => {
    const deadlineMs = clock.monotonicMs() + timeoutMs;
    for (let leftMs = timeoutMs; leftMs > 0; leftMs = deadlineMs - clock.monotonicMs()) {
      const outcome = await channel.unary(describeQuorumRpc.method, request, leftMs);
      const position = outcome.ok ? positionIn(outcome.value) : undefined;
      const isClosed = !outcome.ok && outcome.error.reason === 'cancelled';
      if (position !== undefined || isClosed) return position;
      await new Promise<void>((resolve) => timers.after(ASK_AGAIN_MS, resolve));
    }
    return undefined;
  };
}

function positionIn(bytes: Uint8Array): Offset | undefined {
  try {
    const { error, highWatermark } = describeQuorumRpc.decodeResponse(bytes);
    return error === 'NONE' ? highWatermark : undefined;
  } catch (failed) {
    if (failed instanceof MalformedInput) return undefined;
    throw failed;
  }
}
