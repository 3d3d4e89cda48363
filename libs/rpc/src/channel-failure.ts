import { status, type StatusObject } from '@grpc/grpc-js';
import type { ChannelFailure, ChannelFailureReason } from '@milena/platform';
import { failureOfStatus } from './failure-status';
import { grpcStatusName } from './grpc-status';

/** The caller gave up. */
export const CANCELLED: ChannelFailure = { reason: 'cancelled', message: 'cancelled by the caller' };

/**
 * Why grpc-js could not connect or lost the connection; undefined for a status that the peer sent. grpc-js reports these
 * as statuses of its own making, which carry no details but a text.
 */
function connectionReason({ code, details }: StatusObject): ChannelFailureReason | undefined {
  switch (code) {
    case status.DEADLINE_EXCEEDED:
      return 'timeout';
    case status.CANCELLED:
      // We never see our own cancellation here, so the peer or the connection ended the stream.
      return 'reset';
    case status.UNAVAILABLE:
      // A refused stream was not looked at (RFC 9113, 8.7): its peer is stopping, or serves as many calls as it can.
      if (/ECONNREFUSED|Stream refused by server/.test(details)) return 'refused';
      return /ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|Name resolution failed|ENOTFOUND/.test(details) ? 'timeout' : 'reset';
    case status.INTERNAL:
      return /RST_STREAM|Failed to start HTTP\/2 stream/.test(details) ? 'reset' : undefined;
    default:
      return undefined;
  }
}

/** What a status other than OK means to the caller. */
export function channelFailure(outcome: StatusObject): ChannelFailure {
  const failure = failureOfStatus(outcome.metadata);
  if (failure !== undefined) {
    return { reason: 'status', status: grpcStatusName(outcome.code), failure, message: failure.message };
  }
  const reason = connectionReason(outcome);
  if (reason !== undefined) return { reason, message: outcome.details };
  return { reason: 'status', status: grpcStatusName(outcome.code), message: outcome.details };
}
