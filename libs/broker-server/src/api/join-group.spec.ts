import type { JoinGroupRequest, JoinGroupResponse } from '@milena/coordinator';
import { joinGroup } from '@milena/kafka-protocol';
import { errorCode } from '@milena/model';
import { FakeBroker } from './testing/fake-broker';

const REQUEST = {
  groupId: 'g',
  sessionTimeoutMs: 6000,
  rebalanceTimeoutMs: 60_000,
  memberId: '',
  groupInstanceId: 'static',
  protocolType: 'consumer',
  protocols: [{ name: 'range', metadata: Buffer.from('m') }],
  reason: 'first',
};
const REFUSED: JoinGroupResponse = {
  error: 'MEMBER_ID_REQUIRED',
  generationId: -1,
  leader: '',
  skipAssignment: false,
  memberId: 'm1',
  members: [],
};

function broker(response: JoinGroupResponse = REFUSED) {
  const fake = new FakeBroker();
  const asked: JoinGroupRequest[] = [];
  fake.groups = {
    joinGroup: (request) => {
      asked.push(request);
      return Promise.resolve(response);
    },
  };
  return { fake, asked };
}

describe('JoinGroup', () => {
  it('brings everything the newest version says', async () => {
    const { fake, asked } = broker();
    await fake.answer(joinGroup, 9, REQUEST);
    expect(asked).toEqual([
      {
        ...REQUEST,
        clientId: 'spec',
        clientHost: '/127.0.0.1',
        requiresKnownMemberId: true,
        supportsSkippingAssignment: true,
      },
    ]);
  });

  it('fills in what old versions lack', async () => {
    const { fake, asked } = broker();
    await fake.answer(joinGroup, 0, REQUEST);
    expect(asked[0]).toMatchObject({
      rebalanceTimeoutMs: 6000,
      requiresKnownMemberId: false,
      supportsSkippingAssignment: false,
    });
    expect(asked[0]).not.toHaveProperty('groupInstanceId');
    await fake.answer(joinGroup, 4, REQUEST);
    expect(asked[1]).toMatchObject({ rebalanceTimeoutMs: 60_000, requiresKnownMemberId: true });
  });

  it('has an empty protocol name before version 7 and none after it when there is no generation', async () => {
    const { fake } = broker();
    const refused = { errorCode: errorCode('MEMBER_ID_REQUIRED'), generationId: -1, memberId: 'm1', members: [] };
    expect(await fake.answer(joinGroup, 6, REQUEST)).toMatchObject({ ...refused, protocolName: '' });
    expect(await fake.answer(joinGroup, 7, REQUEST)).toMatchObject({ ...refused, protocolName: null });
  });

  it('hands the leader all members', async () => {
    const metadata = Buffer.from('m');
    const { fake } = broker({
      error: 'NONE',
      generationId: 3,
      protocolType: 'consumer',
      protocolName: 'range',
      leader: 'm1',
      skipAssignment: true,
      memberId: 'm1',
      members: [
        { memberId: 'm1', metadata },
        { memberId: 'm2', groupInstanceId: 'static', metadata },
      ],
    });
    expect(await fake.answer(joinGroup, 9, REQUEST)).toMatchObject({
      errorCode: 0,
      generationId: 3,
      protocolType: 'consumer',
      protocolName: 'range',
      leader: 'm1',
      skipAssignment: true,
      members: [
        { memberId: 'm1', groupInstanceId: null, metadata },
        { memberId: 'm2', groupInstanceId: 'static', metadata },
      ],
    });
  });
});
