import { ZERO_UUID } from '@milena/model';
import { LogWriter } from '../testing/log-writer';
import { znodeStat, type Znode, type ZnodeEvent } from '../tree/znode';
import { ProjectedTree } from './projected-tree';

const OPTIONS = { clusterId: 'c', hiddenListener: 'INTERNAL' };
const PARTITIONS = 200;

function wide(log: LogWriter) {
  return log.batch([
    { type: 'TopicRecord', name: 'wide', topicId: 'AQEBAQEBAQEBAQEBAQEBAQ' },
    ...Array.from({ length: PARTITIONS }, (_, partitionId) => ({
      type: 'PartitionRecord' as const,
      topicId: 'AQEBAQEBAQEBAQEBAQEBAQ',
      partitionId,
      replicas: [1],
      isr: [1],
      addingReplicas: [],
      removingReplicas: [],
      leader: 1,
      leaderEpoch: 0,
      partitionEpoch: 0,
      leaderRecoveryState: 'RECOVERED' as const,
      directories: [ZERO_UUID],
    })),
  ]);
}

/** Everything a client could read, path by path. */
function contents(znode: Znode, path = ''): readonly (readonly [string, string, string])[] {
  const own = [path, znode.data()?.toString() ?? 'null', Object.values(znodeStat(znode)).join()] as const;
  return [own, ...znode.childNames().flatMap((name) => contents(znode.child(name)!, `${path}/${name}`))];
}

describe('the projection', () => {
  it('is the same tree and tells the same events on every shim, late or early', () => {
    const log = new LogWriter();
    const leader = log.leaderChange(101);
    const batch = wide(log);
    const [early, late] = [new ProjectedTree(OPTIONS), new ProjectedTree(OPTIONS)];
    const events: ZnodeEvent[] = [];
    early.applyLeaderChange(leader, (event) => events.push(event));
    early.apply(batch, (event) => events.push(event));
    late.applyLeaderChange(leader);
    late.apply(batch);
    expect(contents(late.find('/')!)).toEqual(contents(early.find('/')!));
    const created = events.filter(({ type }) => type === 'NodeCreated').map(({ path }) => path);
    for (const path of created) expect(late.find(path)).toBeDefined();
    expect(created).toHaveLength(1 + 3 + 2 * PARTITIONS);
  });

  it('counts what a walk finds, without walking', () => {
    const log = new LogWriter();
    const tree = new ProjectedTree(OPTIONS);
    tree.applyLeaderChange(log.leaderChange(101));
    tree.apply(wide(log));
    expect(tree.znodeCount).toBe(contents(tree.find('/')!).length);
    expect(tree.find('/brokers/topics/wide')?.descendantCount).toBe(1 + 2 * PARTITIONS);
  });

  it('has no partition by another spelling of its number', () => {
    const log = new LogWriter();
    const tree = new ProjectedTree(OPTIONS);
    tree.apply(wide(log));
    const partitions = '/brokers/topics/wide/partitions';
    expect(tree.find(`${partitions}/7/state`)).toBeDefined();
    for (const name of ['07', '7.0', '+7', '', '200', '__proto__', '1e1']) {
      expect(tree.find(`${partitions}/${name}`)).toBeUndefined();
    }
    for (const path of ['/__proto__', '', 'xbrokers', '//', '/brokers/', '/brokers//ids']) {
      expect(tree.find(path)).toBeUndefined();
    }
  });
});
