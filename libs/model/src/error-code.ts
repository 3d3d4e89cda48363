/** gRPC status names used by the error table (google.golang.org/grpc/codes). */
export type GrpcStatusName =
  | 'OK'
  | 'INVALID_ARGUMENT'
  | 'DEADLINE_EXCEEDED'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'PERMISSION_DENIED'
  | 'RESOURCE_EXHAUSTED'
  | 'FAILED_PRECONDITION'
  | 'ABORTED'
  | 'OUT_OF_RANGE'
  | 'UNIMPLEMENTED'
  | 'INTERNAL'
  | 'UNAVAILABLE'
  | 'DATA_LOSS'
  | 'UNAUTHENTICATED';

type Row = readonly [code: number, retriable: boolean, status: GrpcStatusName, text: string];

/** Kafka's error codes (protocol guide, "Error Codes"): the single table every edge maps from. */
const ERRORS = {
  UNKNOWN_SERVER_ERROR: [-1, false, 'INTERNAL', 'The server met an unexpected condition.'],
  NONE: [0, false, 'OK', 'Success.'],
  OFFSET_OUT_OF_RANGE: [1, false, 'OUT_OF_RANGE', 'The offset is outside the range of the log.'],
  CORRUPT_MESSAGE: [2, true, 'DATA_LOSS', 'The batch failed its CRC, has a bad size, or is otherwise corrupt.'],
  UNKNOWN_TOPIC_OR_PARTITION: [3, true, 'NOT_FOUND', 'This broker does not know the topic or partition.'],
  INVALID_FETCH_SIZE: [4, false, 'INVALID_ARGUMENT', 'The fetch size is invalid.'],
  LEADER_NOT_AVAILABLE: [5, true, 'UNAVAILABLE', 'There is no leader for the partition at present.'],
  NOT_LEADER_OR_FOLLOWER: [6, true, 'FAILED_PRECONDITION', 'This broker does not lead the partition.'],
  REQUEST_TIMED_OUT: [7, true, 'DEADLINE_EXCEEDED', 'The request timed out.'],
  BROKER_NOT_AVAILABLE: [8, false, 'UNAVAILABLE', 'The broker is not available.'],
  REPLICA_NOT_AVAILABLE: [9, true, 'UNAVAILABLE', 'The replica is not available.'],
  MESSAGE_TOO_LARGE: [10, false, 'INVALID_ARGUMENT', 'The batch is larger than the topic allows.'],
  STALE_CONTROLLER_EPOCH: [11, false, 'FAILED_PRECONDITION', 'The controller moved to another node.'],
  OFFSET_METADATA_TOO_LARGE: [12, false, 'INVALID_ARGUMENT', 'The metadata of the offset commit is too large.'],
  NETWORK_EXCEPTION: [13, true, 'UNAVAILABLE', 'The connection broke before an answer arrived.'],
  COORDINATOR_LOAD_IN_PROGRESS: [14, true, 'UNAVAILABLE', 'The coordinator is loading.'],
  COORDINATOR_NOT_AVAILABLE: [15, true, 'UNAVAILABLE', 'The coordinator is not available.'],
  NOT_COORDINATOR: [16, true, 'FAILED_PRECONDITION', 'This broker is not the coordinator.'],
  INVALID_TOPIC_EXCEPTION: [17, false, 'INVALID_ARGUMENT', 'The topic name is not allowed.'],
  RECORD_LIST_TOO_LARGE: [18, false, 'INVALID_ARGUMENT', 'The record list is larger than a segment.'],
  NOT_ENOUGH_REPLICAS: [19, true, 'UNAVAILABLE', 'Fewer replicas are in sync than min.insync.replicas asks for.'],
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: [
    20,
    true,
    'UNAVAILABLE',
    'The batch was written, but to fewer in-sync replicas than required.',
  ],
  INVALID_REQUIRED_ACKS: [21, false, 'INVALID_ARGUMENT', 'The value of acks is invalid.'],
  ILLEGAL_GENERATION: [22, false, 'FAILED_PRECONDITION', 'The group generation is not the current one.'],
  INCONSISTENT_GROUP_PROTOCOL: [23, false, 'FAILED_PRECONDITION', "The member's protocols do not fit the group's."],
  INVALID_GROUP_ID: [24, false, 'INVALID_ARGUMENT', 'The group id is invalid.'],
  UNKNOWN_MEMBER_ID: [25, false, 'NOT_FOUND', 'The coordinator does not know this member.'],
  INVALID_SESSION_TIMEOUT: [26, false, 'INVALID_ARGUMENT', 'The session timeout is outside the allowed range.'],
  REBALANCE_IN_PROGRESS: [27, false, 'ABORTED', 'The group is rebalancing.'],
  INVALID_COMMIT_OFFSET_SIZE: [28, false, 'INVALID_ARGUMENT', 'The committed offset data is too large.'],
  TOPIC_AUTHORIZATION_FAILED: [29, false, 'PERMISSION_DENIED', 'Not authorized for the topic.'],
  GROUP_AUTHORIZATION_FAILED: [30, false, 'PERMISSION_DENIED', 'Not authorized for the group.'],
  CLUSTER_AUTHORIZATION_FAILED: [31, false, 'PERMISSION_DENIED', 'Not authorized for the cluster.'],
  INVALID_TIMESTAMP: [32, false, 'INVALID_ARGUMENT', 'The timestamp is out of the accepted range.'],
  UNSUPPORTED_SASL_MECHANISM: [33, false, 'INVALID_ARGUMENT', 'The SASL mechanism is not supported.'],
  ILLEGAL_SASL_STATE: [34, false, 'FAILED_PRECONDITION', 'The request is not valid in the current SASL state.'],
  UNSUPPORTED_VERSION: [35, false, 'UNIMPLEMENTED', 'The version of the API is not supported.'],
  TOPIC_ALREADY_EXISTS: [36, false, 'ALREADY_EXISTS', 'A topic with this name exists.'],
  INVALID_PARTITIONS: [37, false, 'INVALID_ARGUMENT', 'The number of partitions is invalid.'],
  INVALID_REPLICATION_FACTOR: [
    38,
    false,
    'INVALID_ARGUMENT',
    'The replication factor is invalid or larger than the number of brokers.',
  ],
  INVALID_REPLICA_ASSIGNMENT: [39, false, 'INVALID_ARGUMENT', 'The replica assignment is invalid.'],
  INVALID_CONFIG: [40, false, 'INVALID_ARGUMENT', 'The configuration is invalid.'],
  NOT_CONTROLLER: [41, true, 'UNAVAILABLE', 'This is not the active controller.'],
  INVALID_REQUEST: [42, false, 'INVALID_ARGUMENT', 'The request is malformed or not valid in this state.'],
  UNSUPPORTED_FOR_MESSAGE_FORMAT: [43, false, 'UNIMPLEMENTED', 'The message format does not support the request.'],
  POLICY_VIOLATION: [44, false, 'FAILED_PRECONDITION', 'The request violates a policy.'],
  OUT_OF_ORDER_SEQUENCE_NUMBER: [45, false, 'FAILED_PRECONDITION', "The producer's sequence number is out of order."],
  DUPLICATE_SEQUENCE_NUMBER: [46, false, 'ALREADY_EXISTS', "The producer's sequence number was used before."],
  INVALID_PRODUCER_EPOCH: [47, false, 'FAILED_PRECONDITION', "The producer's epoch is old."],
  INVALID_TXN_STATE: [48, false, 'FAILED_PRECONDITION', 'The transaction is in a state that does not allow this.'],
  INVALID_PRODUCER_ID_MAPPING: [
    49,
    false,
    'FAILED_PRECONDITION',
    'The producer id does not belong to the transactional id.',
  ],
  INVALID_TRANSACTION_TIMEOUT: [50, false, 'INVALID_ARGUMENT', 'The transaction timeout is above the allowed maximum.'],
  CONCURRENT_TRANSACTIONS: [51, true, 'ABORTED', 'Another transaction of this producer is still ending.'],
  TRANSACTION_COORDINATOR_FENCED: [
    52,
    false,
    'FAILED_PRECONDITION',
    'The coordinator that sent the marker has been replaced.',
  ],
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: [53, false, 'PERMISSION_DENIED', 'Not authorized for the transactional id.'],
  SECURITY_DISABLED: [54, false, 'FAILED_PRECONDITION', 'Security features are disabled.'],
  OPERATION_NOT_ATTEMPTED: [
    55,
    false,
    'ABORTED',
    'The operation was not tried because another item of the request failed.',
  ],
  KAFKA_STORAGE_ERROR: [56, true, 'UNAVAILABLE', 'A disk error occurred on the broker.'],
  LOG_DIR_NOT_FOUND: [57, false, 'NOT_FOUND', "The log directory is not part of the broker's configuration."],
  SASL_AUTHENTICATION_FAILED: [58, false, 'UNAUTHENTICATED', 'SASL authentication failed.'],
  UNKNOWN_PRODUCER_ID: [59, false, 'NOT_FOUND', 'The broker knows nothing of the producer id.'],
  REASSIGNMENT_IN_PROGRESS: [60, false, 'FAILED_PRECONDITION', 'A reassignment is in progress.'],
  DELEGATION_TOKEN_AUTH_DISABLED: [61, false, 'FAILED_PRECONDITION', 'Delegation tokens are disabled.'],
  DELEGATION_TOKEN_NOT_FOUND: [62, false, 'NOT_FOUND', 'The delegation token was not found.'],
  DELEGATION_TOKEN_OWNER_MISMATCH: [
    63,
    false,
    'PERMISSION_DENIED',
    'The principal is not the owner or a renewer of the token.',
  ],
  DELEGATION_TOKEN_REQUEST_NOT_ALLOWED: [
    64,
    false,
    'PERMISSION_DENIED',
    'Delegation token requests are not allowed on this connection.',
  ],
  DELEGATION_TOKEN_AUTHORIZATION_FAILED: [65, false, 'PERMISSION_DENIED', 'Not authorized for the delegation token.'],
  DELEGATION_TOKEN_EXPIRED: [66, false, 'FAILED_PRECONDITION', 'The delegation token has expired.'],
  INVALID_PRINCIPAL_TYPE: [67, false, 'INVALID_ARGUMENT', 'The principal type is not supported.'],
  NON_EMPTY_GROUP: [68, false, 'FAILED_PRECONDITION', 'The group is not empty.'],
  GROUP_ID_NOT_FOUND: [69, false, 'NOT_FOUND', 'The group does not exist.'],
  FETCH_SESSION_ID_NOT_FOUND: [70, true, 'NOT_FOUND', 'The fetch session was not found.'],
  INVALID_FETCH_SESSION_EPOCH: [71, true, 'FAILED_PRECONDITION', 'The fetch session epoch is invalid.'],
  LISTENER_NOT_FOUND: [72, true, 'NOT_FOUND', 'The leader has no listener that matches the one asked on.'],
  TOPIC_DELETION_DISABLED: [73, false, 'FAILED_PRECONDITION', 'Topic deletion is disabled.'],
  FENCED_LEADER_EPOCH: [74, true, 'FAILED_PRECONDITION', "The leader epoch of the request is older than the broker's."],
  UNKNOWN_LEADER_EPOCH: [
    75,
    true,
    'FAILED_PRECONDITION',
    "The leader epoch of the request is newer than the broker's.",
  ],
  UNSUPPORTED_COMPRESSION_TYPE: [76, false, 'UNIMPLEMENTED', 'The compression type is not supported.'],
  STALE_BROKER_EPOCH: [77, false, 'FAILED_PRECONDITION', 'The broker epoch is not the current one.'],
  OFFSET_NOT_AVAILABLE: [78, true, 'UNAVAILABLE', "The leader's high watermark has not caught up since its election."],
  MEMBER_ID_REQUIRED: [79, false, 'FAILED_PRECONDITION', 'The member must join again with the id it was given.'],
  PREFERRED_LEADER_NOT_AVAILABLE: [80, true, 'UNAVAILABLE', 'The preferred leader is not available.'],
  GROUP_MAX_SIZE_REACHED: [81, false, 'RESOURCE_EXHAUSTED', 'The group is full.'],
  FENCED_INSTANCE_ID: [82, false, 'FAILED_PRECONDITION', 'Another member took over the static instance id.'],
  ELIGIBLE_LEADERS_NOT_AVAILABLE: [83, true, 'UNAVAILABLE', 'No eligible leader is available.'],
  ELECTION_NOT_NEEDED: [84, true, 'FAILED_PRECONDITION', 'No election is needed.'],
  NO_REASSIGNMENT_IN_PROGRESS: [85, false, 'FAILED_PRECONDITION', 'No reassignment is in progress.'],
  GROUP_SUBSCRIBED_TO_TOPIC: [86, false, 'FAILED_PRECONDITION', 'The group is subscribed to the topic.'],
  INVALID_RECORD: [87, false, 'INVALID_ARGUMENT', 'A record of the batch is invalid.'],
  UNSTABLE_OFFSET_COMMIT: [88, true, 'UNAVAILABLE', 'There are unstable offsets to be cleared.'],
  THROTTLING_QUOTA_EXCEEDED: [89, true, 'RESOURCE_EXHAUSTED', 'A throttling quota was exceeded.'],
  PRODUCER_FENCED: [90, false, 'FAILED_PRECONDITION', 'A newer producer took over the transactional id.'],
  RESOURCE_NOT_FOUND: [91, false, 'NOT_FOUND', 'The resource does not exist.'],
  DUPLICATE_RESOURCE: [92, false, 'ALREADY_EXISTS', 'The resource exists.'],
  UNACCEPTABLE_CREDENTIAL: [93, false, 'INVALID_ARGUMENT', 'The credential does not meet the requirements.'],
  INCONSISTENT_VOTER_SET: [94, false, 'FAILED_PRECONDITION', 'Sender and receiver disagree about the voters.'],
  INVALID_UPDATE_VERSION: [95, false, 'ABORTED', 'The version of the update is not the current one.'],
  FEATURE_UPDATE_FAILED: [96, false, 'FAILED_PRECONDITION', 'The finalized features could not be updated.'],
  PRINCIPAL_DESERIALIZATION_FAILURE: [97, false, 'INVALID_ARGUMENT', 'The forwarded principal could not be read.'],
  SNAPSHOT_NOT_FOUND: [98, false, 'NOT_FOUND', 'The snapshot was not found.'],
  POSITION_OUT_OF_RANGE: [99, false, 'OUT_OF_RANGE', 'The position is outside the snapshot.'],
  UNKNOWN_TOPIC_ID: [100, true, 'NOT_FOUND', 'This server does not know the topic id.'],
  DUPLICATE_BROKER_REGISTRATION: [101, false, 'ALREADY_EXISTS', 'A live broker is registered under this id.'],
  BROKER_ID_NOT_REGISTERED: [102, false, 'NOT_FOUND', 'The broker id is not registered.'],
  INCONSISTENT_TOPIC_ID: [103, true, 'FAILED_PRECONDITION', "The log's topic id differs from the request's."],
  INCONSISTENT_CLUSTER_ID: [104, false, 'FAILED_PRECONDITION', "The cluster id differs from this cluster's."],
  TRANSACTIONAL_ID_NOT_FOUND: [105, false, 'NOT_FOUND', 'The transactional id was not found.'],
  FETCH_SESSION_TOPIC_ID_ERROR: [106, true, 'FAILED_PRECONDITION', 'The fetch session met inconsistent topic ids.'],
  INELIGIBLE_REPLICA: [107, false, 'FAILED_PRECONDITION', 'The new in-sync set holds a replica that is not eligible.'],
  NEW_LEADER_ELECTED: [108, false, 'ABORTED', 'The change made the controller elect another leader.'],
  OFFSET_MOVED_TO_TIERED_STORAGE: [109, false, 'OUT_OF_RANGE', 'The offset is in tiered storage.'],
  FENCED_MEMBER_EPOCH: [110, false, 'FAILED_PRECONDITION', 'The member epoch is fenced.'],
  UNRELEASED_INSTANCE_ID: [111, false, 'FAILED_PRECONDITION', 'The instance id is still in use.'],
  UNSUPPORTED_ASSIGNOR: [112, false, 'INVALID_ARGUMENT', 'The assignor is not supported.'],
  STALE_MEMBER_EPOCH: [113, false, 'FAILED_PRECONDITION', 'The member epoch is stale.'],
  MISMATCHED_ENDPOINT_TYPE: [114, false, 'INVALID_ARGUMENT', 'The request went to an endpoint of the wrong type.'],
  UNSUPPORTED_ENDPOINT_TYPE: [115, false, 'INVALID_ARGUMENT', 'The endpoint type is not supported.'],
  UNKNOWN_CONTROLLER_ID: [116, false, 'NOT_FOUND', 'The controller id is not known.'],
  UNKNOWN_SUBSCRIPTION_ID: [117, false, 'NOT_FOUND', 'The telemetry subscription id is not known.'],
  TELEMETRY_TOO_LARGE: [118, false, 'RESOURCE_EXHAUSTED', 'The telemetry push is too large.'],
  INVALID_REGISTRATION: [119, false, 'INVALID_ARGUMENT', 'The registration is invalid.'],
  TRANSACTION_ABORTABLE: [120, false, 'ABORTED', 'The transaction met an error and must be aborted.'],
  INVALID_RECORD_STATE: [121, false, 'FAILED_PRECONDITION', 'The record is in a state that does not allow this.'],
  SHARE_SESSION_NOT_FOUND: [122, true, 'NOT_FOUND', 'The share session was not found.'],
  INVALID_SHARE_SESSION_EPOCH: [123, true, 'FAILED_PRECONDITION', 'The share session epoch is invalid.'],
  FENCED_STATE_EPOCH: [124, false, 'FAILED_PRECONDITION', 'The share state epoch is fenced.'],
  INVALID_VOTER_KEY: [125, false, 'FAILED_PRECONDITION', "The voter key is not the receiver's."],
  DUPLICATE_VOTER: [126, false, 'ALREADY_EXISTS', 'The voter is already in the set.'],
  VOTER_NOT_FOUND: [127, false, 'NOT_FOUND', 'The voter is not in the set.'],
  INVALID_REGULAR_EXPRESSION: [128, false, 'INVALID_ARGUMENT', 'The regular expression is not valid.'],
  REBOOTSTRAP_REQUIRED: [129, false, 'FAILED_PRECONDITION', 'The client must bootstrap again.'],
  STREAMS_INVALID_TOPOLOGY: [130, false, 'INVALID_ARGUMENT', 'The streams topology is invalid.'],
  STREAMS_INVALID_TOPOLOGY_EPOCH: [131, false, 'INVALID_ARGUMENT', 'The streams topology epoch is invalid.'],
  STREAMS_TOPOLOGY_FENCED: [132, false, 'FAILED_PRECONDITION', 'The streams topology epoch is outdated.'],
  SHARE_SESSION_LIMIT_REACHED: [133, true, 'RESOURCE_EXHAUSTED', 'The limit of share sessions is reached.'],
} as const satisfies Record<string, Row>;

/** Name of a Kafka error, e.g. `NOT_LEADER_OR_FOLLOWER`. */
export type ErrorName = keyof typeof ERRORS;

/** What is known of an error besides its name. */
export interface ErrorInfo {
  readonly name: ErrorName;
  /** Number on the Kafka wire. */
  readonly code: number;
  /** Whether Kafka's clients try again after it. */
  readonly retriable: boolean;
  readonly grpcStatus: GrpcStatusName;
  /** Default sentence, used where no better one is known. */
  readonly text: string;
}

const byName = new Map<string, ErrorInfo>();
const byCode = new Map<number, ErrorInfo>();
for (const [name, [code, retriable, grpcStatus, text]] of Object.entries(ERRORS)) {
  const info: ErrorInfo = { name: name as ErrorName, code, retriable, grpcStatus, text };
  byName.set(name, info);
  byCode.set(code, info);
}

/** Everything known of an error. */
export function errorInfo(name: ErrorName): ErrorInfo {
  return byName.get(name) as ErrorInfo;
}

/** Kafka's number of an error. */
export function errorCode(name: ErrorName): number {
  return ERRORS[name][0];
}

/** Name of a number read from a peer; a number we do not know is UNKNOWN_SERVER_ERROR, as clients treat it. */
export function errorName(code: number): ErrorName {
  return byCode.get(code)?.name ?? 'UNKNOWN_SERVER_ERROR';
}

/** Whether `text` names an error of the table. */
export function isErrorName(text: string): text is ErrorName {
  return byName.has(text);
}
