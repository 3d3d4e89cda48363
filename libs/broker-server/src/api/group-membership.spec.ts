import { heartbeat, leaveGroup, syncGroup } from '@milena/kafka-protocol';
import { errorCode } from '@milena/model';
import { FakeBroker } from './testing/fake-broker';

const MEMBER = { groupId: 'g', generationId: 3, memberId: 'm1' };

describe('SyncGroup', () => {
  it('brings the assignments, and the protocol where the version has it', async () => {
    const broker = new FakeBroker();
    const asked: unknown[] = [];
    const assignment = Buffer.from('a');
    broker.groups = {
      syncGroup: (request) => {
        asked.push(request);
        return Promise.resolve({ error: 'NONE', protocolType: 'consumer', protocolName: 'range', assignment });
      },
    };
    const request = { ...MEMBER, assignments: [{ memberId: 'm1', assignment }] };
    const protocol = { protocolType: 'consumer', protocolName: 'range' };
    expect(await broker.answer(syncGroup, 5, { ...request, ...protocol })).toMatchObject({ ...protocol, assignment });
    expect(await broker.answer(syncGroup, 0, request)).toMatchObject({ errorCode: 0, assignment });
    expect(asked).toEqual([{ ...request, ...protocol }, request]);
  });
});

describe('Heartbeat', () => {
  it('says when to join again', async () => {
    const broker = new FakeBroker();
    const asked: unknown[] = [];
    broker.groups = {
      heartbeat: (request) => {
        asked.push(request);
        return Promise.resolve({ error: 'REBALANCE_IN_PROGRESS' });
      },
    };
    const answer = await broker.answer(heartbeat, 3, { ...MEMBER, groupInstanceId: 'static' });
    await broker.answer(heartbeat, 0, MEMBER);
    expect(answer.errorCode).toBe(errorCode('REBALANCE_IN_PROGRESS'));
    expect(asked).toEqual([{ ...MEMBER, groupInstanceId: 'static' }, MEMBER]);
  });
});

describe('LeaveGroup', () => {
  function broker() {
    const fake = new FakeBroker();
    const asked: unknown[] = [];
    fake.groups = {
      leaveGroup: (request) => {
        asked.push(request);
        const members = request.members.map(({ memberId, groupInstanceId }) => ({
          memberId,
          ...(groupInstanceId === undefined ? {} : { groupInstanceId }),
          error: memberId === 'm1' ? ('NONE' as const) : ('UNKNOWN_MEMBER_ID' as const),
        }));
        return Promise.resolve({ error: 'NONE', members });
      },
    };
    return { fake, asked };
  }

  it('of one member tells its outcome before version 3', async () => {
    const { fake } = broker();
    expect((await fake.answer(leaveGroup, 2, { groupId: 'g', memberId: 'm1' })).errorCode).toBe(0);
    const gone = await fake.answer(leaveGroup, 0, { groupId: 'g', memberId: 'gone' });
    expect(gone.errorCode).toBe(errorCode('UNKNOWN_MEMBER_ID'));
  });

  it('of several members tells the outcome of each', async () => {
    const { fake, asked } = broker();
    const members = [
      { memberId: 'm1', reason: 'bye' },
      { memberId: '', groupInstanceId: 'static' },
    ];
    expect(await fake.answer(leaveGroup, 5, { groupId: 'g', members })).toMatchObject({
      errorCode: 0,
      members: [
        { memberId: 'm1', groupInstanceId: null, errorCode: 0 },
        { memberId: '', groupInstanceId: 'static', errorCode: errorCode('UNKNOWN_MEMBER_ID') },
      ],
    });
    expect(asked).toEqual([{ groupId: 'g', members }]);
  });

  it('of a group kept elsewhere is refused as a whole', async () => {
    const fake = new FakeBroker();
    fake.groups = { leaveGroup: () => Promise.resolve({ error: 'NOT_COORDINATOR', members: [] }) };
    const code = errorCode('NOT_COORDINATOR');
    expect((await fake.answer(leaveGroup, 1, { groupId: 'g', memberId: 'm1' })).errorCode).toBe(code);
    expect(await fake.answer(leaveGroup, 3, { groupId: 'g', members: [] })).toMatchObject({ errorCode: code });
  });
});
