import { createPartitionsRpc } from '@milena/cluster-protocol';
import { createPartitions } from '@milena/kafka-protocol';
import { errorCode, failure, success } from '@milena/model';
import { AUDIT, EVENTS, FakeBroker } from './testing/fake-broker';

describe('CreatePartitions', () => {
  it('asks the controller, and waits until its own image has the partitions', async () => {
    const broker = new FakeBroker();
    broker.onController = () => {
      const metadataOffset = broker.commit([{ type: 'NoOpRecord' }]);
      const topics = [
        { name: AUDIT.name, result: success(null) },
        { name: EVENTS.name, result: failure('INVALID_PARTITIONS', 'no increase') },
      ];
      return { ok: true, value: createPartitionsRpc.encodeResponse({ topics, metadataOffset }) };
    };
    const topics = [
      { name: AUDIT.name, count: 2, assignments: [{ brokerIds: [2, 1] }] },
      { name: EVENTS.name, count: 1, assignments: null },
    ];
    const { results } = await broker.answer(createPartitions, 3, { topics, timeoutMs: 900, validateOnly: false });
    expect(results).toEqual([
      { name: AUDIT.name, errorCode: 0, errorMessage: null },
      { name: EVENTS.name, errorCode: errorCode('INVALID_PARTITIONS'), errorMessage: 'no increase' },
    ]);
    expect(createPartitionsRpc.decodeRequest(broker.controllerCalls[0]!.request)).toEqual({
      principal: 'User:alice',
      topics: [
        { name: AUDIT.name, count: 2, assignments: [[2, 1]] },
        { name: EVENTS.name, count: 1, assignments: undefined },
      ],
      validateOnly: false,
      timeoutMs: 900,
    });
    expect(broker.awaited).toEqual([broker.image.provenance.offset]);
  });

  it('refuses more topics than one request may change', async () => {
    const topics = Array.from({ length: 10_001 }, (_, index) => ({ name: `t${index}`, count: 2, assignments: null }));
    const broker = new FakeBroker();
    const { results } = await broker.answer(createPartitions, 0, { topics, timeoutMs: 900, validateOnly: false });
    expect(new Set(results.map((result) => result.errorCode))).toEqual(new Set([errorCode('POLICY_VIOLATION')]));
    expect(broker.controllerCalls).toEqual([]);
  });
});
