import { MalformedInput } from '@milena/bytes';
import { describeQuorumRpc } from '@milena/cluster-protocol';
import type { Offset } from '@milena/model';
import type { ActiveControllerChannel } from '@milena/raft-driver';

/** Asks the active controller how far the log is committed now; undefined when nobody answers in time. Never rejects. */
export type AskLeaderPosition = (timeoutMs: number) => Promise<Offset | undefined>;

/** Makes the question from a channel to the active controller. */
export function createAskLeaderPosition(channel: Pick<ActiveControllerChannel, 'unary'>): AskLeaderPosition {
  const request = describeQuorumRpc.encodeRequest({ type: 'describeQuorum' });
  return async (timeoutMs) => {
    const outcome = await channel.unary(describeQuorumRpc.method, request, timeoutMs);
    return outcome.ok ? positionIn(outcome.value) : undefined;
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
