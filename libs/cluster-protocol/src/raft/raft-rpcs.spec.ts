import { MalformedInput } from '@milena/bytes';
import { type ErrorName, type Offset, type TimestampMs, uuidFromBytes } from '@milena/model';
import fc from 'fast-check';
import { addVoterRpc } from './add-voter-rpc';
import { beginQuorumEpochRpc } from './begin-quorum-epoch-rpc';
import { describeQuorumRpc } from './describe-quorum-rpc';
import { describeReplicaRpc } from './describe-replica-rpc';
import { endQuorumEpochRpc } from './end-quorum-epoch-rpc';
import { raftFetchRpc } from './fetch-rpc';
import { fetchSnapshotRpc } from './fetch-snapshot-rpc';
import { readIndexRpc } from './read-index-rpc';
import { removeVoterRpc } from './remove-voter-rpc';
import { updateVoterRpc } from './update-voter-rpc';
import { voteRpc } from './vote-rpc';

const SEED = 20261122;
const uuid = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => uuidFromBytes(bytes));
const nodeId = fc.nat(0x7fffffff);
const epoch = fc.nat(0x7fffffff);
const offset = fc.nat(Number.MAX_SAFE_INTEGER) as unknown as fc.Arbitrary<Offset>;
const offsetOrNone = fc.oneof(offset, fc.constant(-1 as Offset));
const timestamp = fc.integer({ min: -1, max: Number.MAX_SAFE_INTEGER }) as unknown as fc.Arbitrary<TimestampMs>;
const endpoint = fc.record({
  host: fc.constantFrom('controller-1', '10.0.0.7', 'fd00::1'),
  port: fc.integer({ min: 1, max: 65535 }),
});
const replica = fc.record({ id: nodeId, directoryId: uuid }, { requiredKeys: ['id'] });
const error = fc.constantFrom<ErrorName>('NONE', 'FENCED_LEADER_EPOCH', 'NOT_LEADER_OR_FOLLOWER');
const facts = { error, epoch, leaderId: fc.oneof(nodeId, fc.constant(-1)), leaderEndpoint: endpoint };
const factKeys = ['error', 'epoch', 'leaderId'] as const;
const progress = fc.record(
  { replica, endpoint, logEndOffset: offsetOrNone, lastFetchTimestamp: timestamp, lastCaughtUpTimestamp: timestamp },
  { requiredKeys: ['replica', 'logEndOffset', 'lastFetchTimestamp', 'lastCaughtUpTimestamp'] },
);
const kraftVersions = fc.tuple(fc.nat(5), fc.nat(5)).map(([min, more]) => ({ min, max: min + more }));
const message = fc.string({ minLength: 1 });

/** The responses of one kind of voter change. */
function outcome<T extends string>(type: T) {
  return fc.record({ type: fc.constant(type), ...facts, message }, { requiredKeys: ['type', ...factKeys] });
}

const cases = [
  {
    rpc: voteRpc,
    request: fc.record({
      type: fc.constant('vote' as const),
      clusterId: uuid,
      voter: replica,
      epoch,
      candidate: replica,
      lastEpoch: epoch,
      lastOffset: offset,
      preVote: fc.boolean(),
    }),
    response: fc.record(
      { type: fc.constant('vote' as const), ...facts, voteGranted: fc.boolean() },
      { requiredKeys: ['type', ...factKeys, 'voteGranted'] },
    ),
  },
  {
    rpc: beginQuorumEpochRpc,
    request: fc.record({
      type: fc.constant('beginQuorumEpoch' as const),
      clusterId: uuid,
      voter: replica,
      leaderId: nodeId,
      epoch,
      leaderEndpoint: endpoint,
    }),
    response: fc.record(
      { type: fc.constant('beginQuorumEpoch' as const), ...facts },
      { requiredKeys: ['type', ...factKeys] },
    ),
  },
  {
    rpc: endQuorumEpochRpc,
    request: fc.record({
      type: fc.constant('endQuorumEpoch' as const),
      clusterId: uuid,
      voter: replica,
      leaderId: nodeId,
      epoch,
      preferredCandidates: fc.array(replica, { maxLength: 5 }),
    }),
    response: fc.record(
      { type: fc.constant('endQuorumEpoch' as const), ...facts },
      { requiredKeys: ['type', ...factKeys] },
    ),
  },
  {
    rpc: raftFetchRpc,
    request: fc.record(
      {
        type: fc.constant('fetch' as const),
        clusterId: uuid,
        replica,
        epoch,
        fetchOffset: offset,
        lastFetchedEpoch: epoch,
        maxWaitMs: fc.nat(60_000),
        highWatermark: offset,
        readRound: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      },
      { requiredKeys: ['type', 'clusterId', 'replica', 'epoch', 'fetchOffset', 'lastFetchedEpoch', 'maxWaitMs'] },
    ),
    response: fc.record(
      {
        type: fc.constant('fetch' as const),
        ...facts,
        highWatermark: offset,
        logStartOffset: offset,
        divergingEpoch: fc.record({ epoch, endOffset: offset }),
        snapshotId: fc.record({ epoch, offset }),
        readRound: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
        records: fc.uint8Array({ maxLength: 200 }),
      },
      { requiredKeys: ['type', ...factKeys, 'logStartOffset', 'records'] },
    ),
  },
  {
    rpc: fetchSnapshotRpc,
    request: fc.record({
      type: fc.constant('fetchSnapshot' as const),
      clusterId: uuid,
      replica,
      epoch,
      snapshotId: fc.record({ epoch, offset }),
      position: fc.nat(Number.MAX_SAFE_INTEGER),
      maxBytes: fc.nat(0x7fffffff),
    }),
    response: fc.record(
      {
        type: fc.constant('fetchSnapshot' as const),
        ...facts,
        snapshotId: fc.record({ epoch, offset }),
        size: fc.nat(Number.MAX_SAFE_INTEGER),
        position: fc.nat(Number.MAX_SAFE_INTEGER),
        bytes: fc.uint8Array({ maxLength: 200 }),
      },
      { requiredKeys: ['type', ...factKeys, 'snapshotId', 'size', 'position', 'bytes'] },
    ),
  },
  {
    rpc: describeQuorumRpc,
    request: fc.record({ type: fc.constant('describeQuorum' as const), clusterId: uuid }),
    response: fc.record(
      {
        type: fc.constant('describeQuorum' as const),
        ...facts,
        clusterId: uuid,
        highWatermark: offset,
        voters: fc.array(progress, { maxLength: 3 }),
        observers: fc.array(progress, { maxLength: 3 }),
      },
      { requiredKeys: ['type', 'clusterId', ...factKeys, 'voters', 'observers'] },
    ),
  },
  {
    rpc: readIndexRpc,
    request: fc.record(
      { type: fc.constant('readIndex' as const), clusterId: uuid, timeoutMs: fc.nat(60_000) },
      { requiredKeys: ['type', 'timeoutMs'] },
    ),
    response: fc.record(
      { type: fc.constant('readIndex' as const), ...facts, readIndex: offset },
      { requiredKeys: ['type', ...factKeys] },
    ),
  },
  {
    rpc: describeReplicaRpc,
    request: fc.record({ type: fc.constant('describeReplica' as const), clusterId: uuid, replica }),
    response: fc.record(
      { type: fc.constant('describeReplica' as const), ...facts, replica, kraftVersions },
      { requiredKeys: ['type', ...factKeys, 'replica', 'kraftVersions'] },
    ),
  },
  {
    rpc: addVoterRpc,
    request: fc.record(
      {
        type: fc.constant('addVoter' as const),
        clusterId: uuid,
        voter: replica,
        endpoint,
        timeoutMs: fc.nat(60_000),
        ackWhenCommitted: fc.boolean(),
      },
      { requiredKeys: ['type', 'voter', 'endpoint', 'timeoutMs', 'ackWhenCommitted'] },
    ),
    response: outcome('addVoter'),
  },
  {
    rpc: removeVoterRpc,
    request: fc.record(
      { type: fc.constant('removeVoter' as const), clusterId: uuid, voter: replica },
      { requiredKeys: ['type', 'voter'] },
    ),
    response: outcome('removeVoter'),
  },
  {
    rpc: updateVoterRpc,
    request: fc.record(
      { type: fc.constant('updateVoter' as const), clusterId: uuid, epoch, voter: replica, endpoint, kraftVersions },
      { requiredKeys: ['type', 'epoch', 'voter', 'endpoint', 'kraftVersions'] },
    ),
    response: outcome('updateVoter'),
  },
] as unknown as readonly {
  readonly rpc: typeof voteRpc;
  readonly request: fc.Arbitrary<Parameters<typeof voteRpc.encodeRequest>[0]>;
  readonly response: fc.Arbitrary<Parameters<typeof voteRpc.encodeResponse>[0]>;
}[];

describe.each(cases)('$rpc.method', ({ rpc, request, response }) => {
  it('gives back every request and response it encoded', () => {
    fc.assert(
      fc.property(request, response, (sent, answered) => {
        expect(rpc.decodeRequest(rpc.encodeRequest(sent))).toEqual(sent);
        expect(rpc.decodeResponse(rpc.encodeResponse(answered))).toEqual(answered);
      }),
      { seed: SEED, numRuns: 60 },
    );
  });

  it('answers cut or foreign bytes with MalformedInput and nothing else', () => {
    const decodesOrRefuses = (decode: () => unknown): void => {
      try {
        decode();
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedInput);
      }
    };
    fc.assert(
      fc.property(request, fc.uint8Array({ maxLength: 80 }), fc.nat(200), (sent, noise, cut) => {
        const bytes = rpc.encodeRequest(sent);
        decodesOrRefuses(() => rpc.decodeRequest(bytes.subarray(0, cut % bytes.length)));
        decodesOrRefuses(() => rpc.decodeRequest(noise));
        decodesOrRefuses(() => rpc.decodeResponse(noise));
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  it('refuses a request that names no log', () => {
    expect(() => rpc.decodeRequest(new Uint8Array())).toThrow(MalformedInput);
  });
});

describe('values that cannot be', () => {
  const vote = {
    type: 'vote' as const,
    clusterId: 'c',
    voter: { id: 1 },
    epoch: 3,
    candidate: { id: 2 },
    lastEpoch: 2,
    lastOffset: 7 as Offset,
    preVote: false,
  };

  it.each([
    ['a negative epoch', { ...vote, epoch: -1 }],
    ['a negative offset', { ...vote, lastOffset: -7 as Offset }],
    ['a directory id that is no uuid', { ...vote, candidate: { id: 2, directoryId: 'here' } }],
    ['a negative node id', { ...vote, voter: { id: -4 } }],
  ])('refuses %s', (_what, request) => {
    expect(() => voteRpc.decodeRequest(voteRpc.encodeRequest(request))).toThrow(MalformedInput);
  });

  it('refuses a range of versions that is empty', () => {
    const update = {
      type: 'updateVoter' as const,
      epoch: 1,
      voter: { id: 1 },
      endpoint: { host: 'h', port: 1 },
      kraftVersions: { min: 2, max: 1 },
    };
    expect(() => updateVoterRpc.decodeRequest(updateVoterRpc.encodeRequest(update))).toThrow(MalformedInput);
  });

  it.each(['', 'a b', 'a\nb', 'a\0'])('refuses the host %j of a leader', (host) => {
    const request = { type: 'beginQuorumEpoch' as const, clusterId: 'c', voter: { id: 1 }, leaderId: 2, epoch: 3 };
    const bytes = beginQuorumEpochRpc.encodeRequest({ ...request, leaderEndpoint: { host, port: 9093 } });
    expect(() => beginQuorumEpochRpc.decodeRequest(bytes)).toThrow(MalformedInput);
  });
});
