import { findCoordinator } from '@milena/kafka-protocol';
import { errorCode, failure, success } from '@milena/model';
import { FakeBroker } from './testing/fake-broker';

function broker(nodeId = 2) {
  const fake = new FakeBroker();
  const asked: string[] = [];
  fake.groups = {
    locate: (groupId) => {
      asked.push(groupId);
      return Promise.resolve(groupId === '' ? failure('INVALID_GROUP_ID', 'empty') : success({ nodeId }));
    },
  };
  return { fake, asked };
}

describe('FindCoordinator', () => {
  it('tells where the broker of one group is, as the client of this listener reaches it', async () => {
    const { fake } = broker();
    const expected = { errorCode: 0, nodeId: 2, host: 'host2', port: 9092 };
    for (const version of [0, 1, 3]) {
      expect(await fake.answer(findCoordinator, version, { key: 'g' })).toMatchObject(expected);
    }
  });

  it('answers several groups each on its own from version 4 on, and each once', async () => {
    const { fake, asked } = broker();
    const { coordinators } = await fake.answer(findCoordinator, 4, { coordinatorKeys: ['g', '', 'g'] });
    expect(asked).toEqual(['g', '']);
    expect(coordinators).toMatchObject([
      { key: 'g', errorCode: 0, nodeId: 2 },
      { key: '', errorCode: errorCode('INVALID_GROUP_ID'), errorMessage: 'empty', nodeId: -1 },
    ]);
  });

  it('says for good, not for now, that there are no transactions and no share groups', async () => {
    const { fake, asked } = broker();
    const refused = { errorCode: errorCode('INVALID_REQUEST'), nodeId: -1 };
    const forbidden = { errorCode: errorCode('TRANSACTIONAL_ID_AUTHORIZATION_FAILED'), nodeId: -1 };
    expect(await fake.answer(findCoordinator, 2, { key: 't', keyType: 1 })).toMatchObject(forbidden);
    const { coordinators: transactions } = await fake.answer(findCoordinator, 4, {
      keyType: 1,
      coordinatorKeys: ['t'],
    });
    expect(transactions).toMatchObject([{ key: 't', ...refused, errorMessage: 'transactions are not supported' }]);
    const { coordinators } = await fake.answer(findCoordinator, 6, { keyType: 2, coordinatorKeys: ['s'] });
    expect(coordinators).toMatchObject([{ key: 's', ...refused }]);
    expect(asked).toEqual([]);
  });

  it('is retriable while the broker is not known yet', async () => {
    const { fake } = broker(9);
    const answer = await fake.answer(findCoordinator, 0, { key: 'g' });
    expect(answer.errorCode).toBe(errorCode('COORDINATOR_NOT_AVAILABLE'));
  });
});
