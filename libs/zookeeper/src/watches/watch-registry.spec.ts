import fc from 'fast-check';
import type { WatchEvent } from '../protocol/watch-event';
import type { ZnodeEvent } from '../tree/znode';
import { WatchRegistry, type WatchKind } from './watch-registry';

const PLENTY = { watcherBytesMax: 1_000_000, totalBytesMax: 1_000_000 };

function fired(registry: WatchRegistry<string>, event: ZnodeEvent): readonly string[] {
  const told: string[] = [];
  registry.fire(event, (who, { type, path }: WatchEvent) => told.push(`${who} ${type} ${path}`));
  return told;
}

describe('watches', () => {
  it('on a znode and its children tell of its deletion once', () => {
    const registry = new WatchRegistry<string>(PLENTY);
    for (const kind of ['data', 'child', 'persistent'] as const) registry.add('ann', kind, '/a');
    expect(fired(registry, { type: 'NodeDeleted', path: '/a' })).toEqual(['ann NodeDeleted /a']);
    expect(registry.count).toBe(1);
  });

  it('are one per client, kind and path', () => {
    const registry = new WatchRegistry<string>(PLENTY);
    registry.add('ann', 'data', '/a');
    registry.add('ann', 'data', '/a');
    registry.add('bob', 'data', '/a');
    expect(registry.count).toBe(2);
    expect(fired(registry, { type: 'NodeDataChanged', path: '/a' })).toHaveLength(2);
    expect(fired(registry, { type: 'NodeDataChanged', path: '/a' })).toEqual([]);
  });

  it('can be asked for and removed by kind', () => {
    const registry = new WatchRegistry<string>(PLENTY);
    registry.add('ann', 'data', '/a');
    registry.add('ann', 'child', '/a');
    expect(registry.has('ann', '/a', 'children')).toBe(true);
    expect(registry.remove('ann', '/a', 'children')).toBe(true);
    expect(registry.has('ann', '/a', 'children')).toBe(false);
    expect(registry.remove('ann', '/a', 'any')).toBe(true);
    expect(registry.remove('ann', '/a', 'any')).toBe(false);
  });

  it('are bounded per client and together, and what is gone makes room', () => {
    const registry = new WatchRegistry<string>({ watcherBytesMax: 450, totalBytesMax: 650 });
    expect([registry.add('ann', 'data', '/a'), registry.add('ann', 'data', '/b')]).toEqual([true, true]);
    expect(registry.add('ann', 'data', '/c')).toBe(false);
    expect([registry.add('bob', 'data', '/a'), registry.add('bob', 'data', '/b')]).toEqual([true, false]);
    registry.forget('ann');
    expect(registry.add('bob', 'data', '/b')).toBe(true);
  });

  it('leave nothing behind, whatever was done', () => {
    const who = fc.constantFrom('ann', 'bob', 'cid');
    const path = fc.constantFrom('/', '/a', '/a/b', '/a/b/c');
    const kind = fc.constantFrom<WatchKind>('data', 'child', 'persistent', 'recursive');
    const type = fc.constantFrom<ZnodeEvent['type']>('NodeCreated', 'NodeDeleted', 'NodeDataChanged');
    const step = fc.oneof(
      fc.record({ who, path, kind }),
      fc.record({ who, path, remove: fc.constantFrom('data', 'children', 'any') }),
      fc.record({ type, path }),
      fc.record({ who }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const registry = new WatchRegistry<string>(PLENTY);
        for (const each of steps) {
          if ('kind' in each) registry.add(each.who, each.kind, each.path);
          else if ('remove' in each) registry.remove(each.who, each.path, each.remove as 'any');
          else if ('type' in each) fired(registry, each);
          else registry.forget(each.who);
        }
        for (const each of ['ann', 'bob', 'cid']) registry.forget(each);
        const isRoomAgain = registry.add('ann', 'data', `/${'x'.repeat(499_800)}`);
        return registry.count === 1 && isRoomAgain;
      }),
      { seed: 1 },
    );
  });
});
