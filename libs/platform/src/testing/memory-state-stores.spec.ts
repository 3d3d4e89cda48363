import { createMemoryStateStores } from './memory-state-stores';
import { createSeededRandom } from './seeded-random';
import { describeStateStoreContract } from './state-store-contract';
import { createVirtualTime } from './virtual-time';

describeStateStoreContract('a memory state store', () => ({
  stateStores: createMemoryStateStores(),
  folder: '/data/.state',
  settle: (promise) => promise,
  cleanUp: () => {},
}));

describeStateStoreContract('a memory state store under virtual time', () => {
  const time = createVirtualTime();
  const { timers } = time;
  return {
    stateStores: createMemoryStateStores({ timers, random: createSeededRandom(1), latencyMs: { min: 0, max: 3 } }),
    folder: '/data/.state',
    settle: (promise) => time.resolve(promise),
    cleanUp: () => {},
  };
});

const FOLDER = '/data/.state';
const key = (index: number): Buffer => Buffer.from([1, index]);
const put = (index: number): { key: Buffer; value: Buffer } => ({ key: key(index), value: Buffer.from([index]) });

describe('a crash of a process with a memory state store', () => {
  const survivors = async (mode: 'keep' | 'lose-unsynced' | 'tear', seed: number): Promise<readonly number[]> => {
    const stateStores = createMemoryStateStores({ random: createSeededRandom(seed) });
    const store = await stateStores.open(FOLDER);
    await store.write([put(0)]);
    await store.flush();
    for (let index = 1; index < 10; index += 1) await store.write([put(index)]);
    stateStores.crash(mode);
    const again = await stateStores.open(FOLDER);
    return (await again.range({ gte: key(0), lt: key(255) })).map((entry) => entry.value.readUInt8());
  };

  it('leaves everything when only the process died', async () => {
    await expect(survivors('keep', 1)).resolves.toHaveLength(10);
  });

  it('leaves what was flushed when the power failed', async () => {
    await expect(survivors('lose-unsynced', 1)).resolves.toEqual([0]);
  });

  it('leaves the first batches, without a gap, when the power failed in the middle of writing', async () => {
    const counts = new Set<number>();
    for (let seed = 0; seed < 30; seed += 1) {
      const left = await survivors('tear', seed);
      expect(left).toEqual(left.map((_, index) => index));
      counts.add(left.length);
    }
    expect(counts.size).toBeGreaterThan(5);
  });

  it('never settles calls under way, and leaves the folder free', async () => {
    const time = createVirtualTime();
    const stateStores = createMemoryStateStores({ timers: time.timers, latencyMs: { min: 5, max: 5 } });
    const store = await time.resolve(stateStores.open(FOLDER));
    let settled = false;
    const mark = (): void => void (settled = true);
    void store.write([put(1)]).then(mark, mark);
    stateStores.crash('keep');
    const again = await time.resolve(stateStores.open(FOLDER));
    await time.advance(1000);
    expect(settled).toBe(false);
    await expect(time.resolve(again.get(key(1)))).resolves.toBeUndefined();
  });
});

describe('failures of a memory state store', () => {
  it('are those asked for: neither the batch is applied nor one behind it, until the store is opened again', async () => {
    const stateStores = createMemoryStateStores();
    const store = await stateStores.open(FOLDER);
    await store.write([put(0)]);
    stateStores.failWrites();
    const writes = [store.write([put(1)]), store.write([put(2)]), store.flush()];
    for (const write of writes) await expect(write).rejects.toMatchObject({ code: 'IO' });
    await store.close();
    const again = await stateStores.open(FOLDER);
    await again.write([put(3)]);
    const left = await again.range({ gte: key(0), lt: key(9) });
    expect(left.map((entry) => entry.value.readUInt8())).toEqual([0, 3]);
  });

  it('include a store that cannot be read any more: it is found empty', async () => {
    const stateStores = createMemoryStateStores();
    const store = await stateStores.open(FOLDER);
    await store.write([put(1)]);
    await store.flush();
    expect(() => stateStores.lose(FOLDER)).toThrow('LOCKED');
    await store.close();
    stateStores.lose(FOLDER);
    const again = await stateStores.open(FOLDER);
    await expect(again.get(key(1))).resolves.toBeUndefined();
  });
});
