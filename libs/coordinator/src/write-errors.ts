import type { ErrorName } from '@milena/model';

/** What a client is told when a record about its group could not be written: something it knows to retry, where it may. */
export function groupWriteError(error: ErrorName): ErrorName {
  switch (error) {
    case 'NOT_LEADER_OR_FOLLOWER':
    case 'FENCED_LEADER_EPOCH':
    case 'UNKNOWN_LEADER_EPOCH':
    case 'KAFKA_STORAGE_ERROR':
    case 'NOT_COORDINATOR':
      return 'NOT_COORDINATOR';
    case 'MESSAGE_TOO_LARGE':
    case 'RECORD_LIST_TOO_LARGE':
    case 'INVALID_TIMESTAMP':
      return 'UNKNOWN_SERVER_ERROR';
    default:
      return 'COORDINATOR_NOT_AVAILABLE';
  }
}

/** The same for offsets: a commit that is too large is the client's own doing. */
export function offsetWriteError(error: ErrorName): ErrorName {
  const tooLarge = error === 'MESSAGE_TOO_LARGE' || error === 'RECORD_LIST_TOO_LARGE';
  return tooLarge ? 'INVALID_COMMIT_OFFSET_SIZE' : groupWriteError(error);
}
