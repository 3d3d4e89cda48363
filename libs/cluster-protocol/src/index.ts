export type { RaftRpc } from './raft/raft-rpc';
export { voteRpc } from './raft/vote-rpc';
export { beginQuorumEpochRpc } from './raft/begin-quorum-epoch-rpc';
export { endQuorumEpochRpc } from './raft/end-quorum-epoch-rpc';
export { raftFetchRpc } from './raft/fetch-rpc';
export { describeQuorumRpc } from './raft/describe-quorum-rpc';
export { replicaFetchRpc } from './replica/replica-fetch-rpc';
export { offsetForLeaderEpochRpc } from './replica/offset-for-leader-epoch-rpc';
