import { initProducerId } from '@milena/kafka-protocol';
import { errorCode, failure, producerId, success } from '@milena/model';
import { FakeBroker } from './testing/fake-broker';

describe('InitProducerId', () => {
  const idempotent = { transactionalId: null, transactionTimeoutMs: -1 };

  it.each([0, 1, 2, 5])('gives an idempotent producer a fresh id with epoch 0, version %i', async (version) => {
    const broker = new FakeBroker();
    let next = 1000;
    broker.nextProducerId = () => Promise.resolve(success(producerId(next++)));
    const first = await broker.answer(initProducerId, version, idempotent);
    expect(first).toMatchObject({ errorCode: 0, producerId: 1000, producerEpoch: 0 });
    const again = await broker.answer(initProducerId, version, { ...idempotent, producerId: 1000, producerEpoch: 3 });
    expect(again).toMatchObject({ producerId: 1001, producerEpoch: 0 });
  });

  it.each([
    ['a transactional producer', 'orders', 'UNSUPPORTED_VERSION'],
    ['an empty transactional id', '', 'INVALID_REQUEST'],
  ] as const)('refuses %s for good', async (_name, transactionalId, error) => {
    const answer = await new FakeBroker().answer(initProducerId, 4, { ...idempotent, transactionalId });
    expect(answer).toMatchObject({ errorCode: errorCode(error), producerId: -1, producerEpoch: -1 });
  });

  it('answers what every client retries while no controller gives out ids', async () => {
    const broker = new FakeBroker();
    broker.nextProducerId = () => Promise.resolve(failure('REQUEST_TIMED_OUT', 'no controller'));
    expect(await broker.answer(initProducerId, 1, idempotent)).toMatchObject({
      errorCode: errorCode('COORDINATOR_LOAD_IN_PROGRESS'),
    });
  });
});
