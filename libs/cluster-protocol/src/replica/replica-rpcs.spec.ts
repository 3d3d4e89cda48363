import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { MalformedInput } from '@milena/bytes';
import { type ErrorName, type Offset, uuidFromBytes } from '@milena/model';
import { ReplicaFetchResponseSchema } from '@milena/proto';
import type { ReplicaFetchResponse } from '@milena/replication';
import fc from 'fast-check';
import { offsetForLeaderEpochRpc } from './offset-for-leader-epoch-rpc';
import { replicaFetchRpc } from './replica-fetch-rpc';

const SEED = 20261122;
const natural = fc.nat(0x7fffffff);
const offset = fc.nat(Number.MAX_SAFE_INTEGER).map((value) => value as Offset);
const orNone = (values: fc.Arbitrary<number>) => fc.oneof(values, fc.constant(-1));
// Few topics, so that neighbours of one topic occur and a topic can come back later in the list.
const topicId = fc.integer({ min: 0, max: 3 }).map((id) => uuidFromBytes(Buffer.alloc(16, id)));
const error = fc.constantFrom<ErrorName>('NONE', 'FENCED_LEADER_EPOCH', 'OFFSET_OUT_OF_RANGE');
const asker = { clusterId: topicId, replicaId: natural, brokerEpoch: offset };

const fetchRequest = fc.record({
  ...asker,
  maxWaitMs: natural,
  minBytes: natural,
  maxBytes: natural,
  partitions: fc.array(
    fc.record({
      topicId,
      partition: natural,
      fetchOffset: offset,
      currentLeaderEpoch: orNone(natural),
      lastFetchedEpoch: orNone(natural),
      logStartOffset: offset,
      maxBytes: natural,
    }),
  ),
});
const result = fc.record(
  {
    topicId,
    partition: natural,
    error,
    highWatermark: orNone(offset),
    logStartOffset: orNone(offset),
    logEndOffset: orNone(offset),
    divergingEpoch: fc.record({ epoch: orNone(natural), endOffset: orNone(offset) }),
    records: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    currentLeader: fc.record({ leaderId: orNone(natural), leaderEpoch: orNone(natural) }),
  },
  { requiredKeys: ['topicId', 'partition', 'error', 'highWatermark', 'logStartOffset', 'logEndOffset', 'records'] },
);
const fetchResponse: fc.Arbitrary<ReplicaFetchResponse> = fc.record({
  error,
  errorMessage: fc.string(),
  partitions: fc.array(result) as fc.Arbitrary<ReplicaFetchResponse['partitions']>,
});
const epochRequest = fc.record({
  ...asker,
  queries: fc.array(
    fc.record({ topicId, partition: natural, currentLeaderEpoch: orNone(natural), leaderEpoch: natural }),
  ),
});
const epochResponse = fc.record({
  answers: fc.array(
    fc.record({ topicId, partition: natural, error, leaderEpoch: orNone(natural), endOffset: orNone(offset) }),
  ),
});

describe('replica RPCs', () => {
  it('give back every fetch request and response they encoded', () => {
    fc.assert(
      fc.property(fetchRequest, fetchResponse, (request, response) => {
        expect(replicaFetchRpc.decodeRequest(replicaFetchRpc.encodeRequest(request))).toEqual(request);
        expect(replicaFetchRpc.decodeResponse(replicaFetchRpc.encodeResponse(response))).toEqual(response);
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  it('give back every epoch question and answer they encoded', () => {
    fc.assert(
      fc.property(epochRequest, epochResponse, (request, response) => {
        expect(offsetForLeaderEpochRpc.decodeRequest(offsetForLeaderEpochRpc.encodeRequest(request))).toEqual(request);
        expect(offsetForLeaderEpochRpc.decodeResponse(offsetForLeaderEpochRpc.encodeResponse(response))).toEqual(
          response,
        );
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  it('write a fetch response that the generated decoder reads, and read what the generated encoder writes', () => {
    const response: ReplicaFetchResponse = {
      error: 'NONE',
      errorMessage: '',
      partitions: [100, 40_000].map((size, partition) => ({
        topicId: uuidFromBytes(Buffer.alloc(16, 1)),
        partition,
        error: 'NONE',
        highWatermark: 5,
        logStartOffset: 0,
        logEndOffset: 9,
        records: Buffer.alloc(size, partition + 1),
      })),
    };
    const message = fromBinary(ReplicaFetchResponseSchema, replicaFetchRpc.encodeResponse(response));
    expect(message.records.length).toBe(40_100);
    expect(message.topics[0]?.partitions.map(({ recordsLength }) => recordsLength)).toEqual([100, 40_000]);
    expect(replicaFetchRpc.decodeResponse(toBinary(ReplicaFetchResponseSchema, message))).toEqual(response);
  });

  it('refuse records that are announced but not sent, and records that belong to nobody', () => {
    const topics = [{ topicId: uuidFromBytes(Buffer.alloc(16, 1)), partitions: [{ recordsLength: 5 }] }];
    for (const size of [4, 6]) {
      const message = create(ReplicaFetchResponseSchema, { topics, records: new Uint8Array(size) });
      const bytes = toBinary(ReplicaFetchResponseSchema, message);
      expect(() => replicaFetchRpc.decodeResponse(bytes)).toThrow(MalformedInput);
    }
  });

  it('answer cut or foreign bytes with MalformedInput and nothing else', () => {
    const decodesOrRefuses = (decode: () => unknown): void => {
      try {
        decode();
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(MalformedInput);
      }
    };
    fc.assert(
      fc.property(
        fetchRequest,
        fetchResponse,
        fc.uint8Array({ maxLength: 60 }),
        fc.nat(400),
        (sent, told, noise, cut) => {
          const request = replicaFetchRpc.encodeRequest(sent);
          const response = replicaFetchRpc.encodeResponse(told);
          decodesOrRefuses(() => replicaFetchRpc.decodeRequest(request.subarray(0, cut % request.length)));
          decodesOrRefuses(() => replicaFetchRpc.decodeResponse(response.subarray(0, cut % (response.length + 1))));
          for (const rpc of [replicaFetchRpc, offsetForLeaderEpochRpc]) {
            decodesOrRefuses(() => rpc.decodeRequest(noise));
            decodesOrRefuses(() => rpc.decodeResponse(noise));
          }
        },
      ),
      { seed: SEED, numRuns: 100 },
    );
  });
});
