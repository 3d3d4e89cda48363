import type { GroupDescription } from '@milena/coordinator';
import { deleteGroups, describeGroups, listGroups, offsetDelete } from '@milena/kafka-protocol';
import { errorCode } from '@milena/model';
import { AUDIT, FakeBroker } from './testing/fake-broker';

const MEMBER = {
  memberId: 'm1',
  clientId: 'c',
  clientHost: '/127.0.0.1',
  metadata: Buffer.from('m'),
  assignment: Buffer.from('a'),
};
const STABLE: GroupDescription = {
  error: 'NONE',
  groupId: 'g',
  state: 'Stable',
  protocolType: 'consumer',
  protocol: 'range',
  members: [{ ...MEMBER, groupInstanceId: 'static' }],
};
const DEAD: GroupDescription = {
  ...STABLE,
  groupId: 'gone',
  state: 'Dead',
  protocolType: '',
  protocol: '',
  members: [],
};

describe('DescribeGroups', () => {
  function broker() {
    const fake = new FakeBroker();
    fake.groups = { describeGroup: (groupId) => Promise.resolve(groupId === 'g' ? STABLE : { ...DEAD, groupId }) };
    return fake;
  }

  it('shows state and members, and a group named twice once', async () => {
    const { groups } = await broker().answer(describeGroups, 5, {
      groups: ['g', 'gone', 'g'],
      includeAuthorizedOperations: true,
    });
    expect(groups).toMatchObject([
      {
        errorCode: 0,
        groupId: 'g',
        groupState: 'Stable',
        protocolType: 'consumer',
        protocolData: 'range',
        members: [
          {
            memberId: 'm1',
            groupInstanceId: 'static',
            clientId: 'c',
            clientHost: '/127.0.0.1',
            memberMetadata: MEMBER.metadata,
            memberAssignment: MEMBER.assignment,
          },
        ],
        authorizedOperations: 0b110101001000,
      },
      { errorCode: 0, groupId: 'gone', groupState: 'Dead', members: [] },
    ]);
  });

  it('says from version 6 on that a group does not exist', async () => {
    const { groups } = await broker().answer(describeGroups, 6, { groups: ['gone'] });
    const code = errorCode('GROUP_ID_NOT_FOUND');
    expect(groups).toMatchObject([{ errorCode: code, errorMessage: 'group gone not found', groupState: 'Dead' }]);
  });
});

describe('ListGroups', () => {
  it('hands on the filters its version has', async () => {
    const broker = new FakeBroker();
    const asked: unknown[] = [];
    broker.groups = {
      listGroups: (request) => {
        asked.push(request);
        const group = { groupId: 'g', protocolType: 'consumer', state: 'Stable', type: 'classic' } as const;
        return Promise.resolve({ error: 'NONE', groups: [group] });
      },
    };
    const filters = { statesFilter: ['Stable'], typesFilter: ['classic'] };
    expect(await broker.answer(listGroups, 5, filters)).toMatchObject({
      errorCode: 0,
      groups: [{ groupId: 'g', protocolType: 'consumer', groupState: 'Stable', groupType: 'classic' }],
    });
    await broker.answer(listGroups, 0, {});
    expect(asked).toEqual([
      { states: ['Stable'], types: ['classic'] },
      { states: [], types: [] },
    ]);
  });
});

describe('DeleteGroups', () => {
  it('tells of each group, and why in version 3', async () => {
    const broker = new FakeBroker();
    broker.groups = {
      deleteGroups: (ids) =>
        Promise.resolve(ids.map((groupId) => ({ groupId, error: groupId === 'g' ? 'NON_EMPTY_GROUP' : 'NONE' }))),
    };
    const groupsNames = ['g', 'h', 'h'];
    const code = errorCode('NON_EMPTY_GROUP');
    const { results } = await broker.answer(deleteGroups, 3, { groupsNames });
    expect(results).toEqual([
      { groupId: 'g', errorCode: code, errorMessage: 'The group is not empty.' },
      { groupId: 'h', errorCode: 0, errorMessage: null },
    ]);
    const old = await broker.answer(deleteGroups, 0, { groupsNames });
    expect(old.results).toMatchObject([{ errorCode: code, errorMessage: null }, { errorCode: 0 }]);
  });
});

describe('OffsetDelete', () => {
  const topics = [
    { name: AUDIT.name, partitions: [{ partitionIndex: 0 }, { partitionIndex: 7 }] },
    { name: 'nosuch', partitions: [{ partitionIndex: 0 }] },
  ];

  it('asks for partitions that exist, and refuses the others', async () => {
    const broker = new FakeBroker();
    const asked: unknown[] = [];
    broker.groups = {
      deleteOffsets: (request) => {
        asked.push(request);
        const partitions = [{ partition: 0, error: 'GROUP_SUBSCRIBED_TO_TOPIC' as const }];
        return Promise.resolve({ error: 'NONE', topics: [{ topic: AUDIT.name, partitions }] });
      },
    };
    const unknown = errorCode('UNKNOWN_TOPIC_OR_PARTITION');
    expect(await broker.answer(offsetDelete, 0, { groupId: 'g', topics })).toMatchObject({
      errorCode: 0,
      topics: [
        { partitions: [{ errorCode: errorCode('GROUP_SUBSCRIBED_TO_TOPIC') }, { errorCode: unknown }] },
        { partitions: [{ errorCode: unknown }] },
      ],
    });
    expect(asked).toEqual([{ groupId: 'g', topics: [{ topic: AUDIT.name, partitions: [0] }] }]);
  });

  it('fails as a whole for a group that is not here', async () => {
    const broker = new FakeBroker();
    broker.groups = { deleteOffsets: () => Promise.resolve({ error: 'GROUP_ID_NOT_FOUND', topics: [] }) };
    const code = errorCode('GROUP_ID_NOT_FOUND');
    expect(await broker.answer(offsetDelete, 0, { groupId: 'g', topics })).toMatchObject({
      errorCode: code,
      topics: [],
    });
  });
});
