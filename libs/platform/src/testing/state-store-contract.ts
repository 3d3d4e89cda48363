import {
  MAX_RANGE_ENTRIES,
  type StateChange,
  type StateRange,
  type StateStore,
  type StateStores,
} from '../state-store';

/** State stores under test. */
export interface StateStoreContractSubject {
  readonly stateStores: StateStores;
  /** A folder that does not exist yet, in one that does. */
  readonly folder: string;
  /** Waits for a promise of a store, as its kind of time demands. */
  settle<T>(promise: Promise<T>): Promise<T>;
  cleanUp(): void;
}

type Current = () => StateStoreContractSubject & { readonly store: StateStore };

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

function put(key: string, value: string): StateChange {
  return { key: bytes(key), value: bytes(value) };
}

function remove(key: string): StateChange {
  return { key: bytes(key), value: undefined };
}

async function textOf({ store, settle }: ReturnType<Current>, key: string): Promise<string | undefined> {
  return (await settle(store.get(bytes(key))))?.toString('latin1');
}

async function keysOf({ store, settle }: ReturnType<Current>, range: StateRange): Promise<readonly string[]> {
  return (await settle(store.range(range))).map(({ key }) => key.toString('latin1'));
}

function describeEntries(current: Current): void {
  it('has no value for a key that was never written, and an empty one for a key written so', async () => {
    const { store, settle } = current();
    await settle(store.write([put('a', '')]));
    await expect(textOf(current(), 'a')).resolves.toBe('');
    await expect(textOf(current(), 'b')).resolves.toBeUndefined();
  });

  it('overwrites and removes; of several changes of one key the last one counts', async () => {
    const { store, settle } = current();
    await settle(store.write([put('a', '1'), put('b', '1'), put('c', '1'), remove('c'), put('b', '2')]));
    await settle(store.write([remove('a'), remove('never'), put('a', '3'), put('d', '1')]));
    await settle(store.write([remove('d')]));
    await expect(textOf(current(), 'a')).resolves.toBe('3');
    await expect(textOf(current(), 'b')).resolves.toBe('2');
    await expect(textOf(current(), 'c')).resolves.toBeUndefined();
    await expect(textOf(current(), 'd')).resolves.toBeUndefined();
  });

  it('applies batches in the order in which they were written, without waiting for each', async () => {
    const { store, settle } = current();
    const writes = Array.from({ length: 200 }, (_, index) => store.write([put('a', `${index}`), put(`b${index}`, '')]));
    await settle(Promise.all(writes));
    await expect(textOf(current(), 'a')).resolves.toBe('199');
    await expect(keysOf(current(), { gte: bytes('b'), lt: bytes('c') })).resolves.toHaveLength(200);
  });

  it('takes an empty batch, and one of many megabytes', async () => {
    const { store, settle } = current();
    await settle(store.write([]));
    const large = Buffer.alloc(3_000_000, 7);
    await settle(
      store.write([
        { key: bytes('l1'), value: large },
        { key: bytes('l2'), value: large },
      ]),
    );
    const found = await settle(store.get(bytes('l2')));
    expect(found?.equals(large)).toBe(true);
  });

  it('hands out copies: changing one changes nothing', async () => {
    const { store, settle } = current();
    await settle(store.write([put('a', 'kept')]));
    (await settle(store.get(bytes('a'))))?.fill(0);
    await expect(textOf(current(), 'a')).resolves.toBe('kept');
  });
}

function describeRanges(current: Current): void {
  it('answers a range in the order of unsigned bytes, from its start to before its end', async () => {
    const { store, settle } = current();
    await settle(store.write(['b', 'a', 'ab', '\xff', '\x00', '\x7f', '\x80', 'a\x00'].map((key) => put(key, key))));
    const everything = { gte: Buffer.alloc(0), lt: bytes('\xff\xff') };
    await expect(keysOf(current(), everything)).resolves.toEqual([
      '\x00',
      'a',
      'a\x00',
      'ab',
      'b',
      '\x7f',
      '\x80',
      '\xff',
    ]);
    await expect(keysOf(current(), { gte: bytes('a'), lt: bytes('b') })).resolves.toEqual(['a', 'a\x00', 'ab']);
    await expect(keysOf(current(), { gte: bytes('c'), lt: bytes('d') })).resolves.toEqual([]);
    await expect(keysOf(current(), { gte: bytes('b'), lt: bytes('a') })).resolves.toEqual([]);
    const [entry] = await settle(store.range({ gte: bytes('b'), lt: bytes('c') }));
    expect(entry).toEqual({ key: bytes('b'), value: bytes('b') });
  });

  it('answers with as many entries as asked, never more than one answer may hold', async () => {
    const { store, settle } = current();
    const name = (index: number): string => `k${String(index).padStart(5, '0')}`;
    await settle(store.write(Array.from({ length: MAX_RANGE_ENTRIES + 500 }, (_, index) => put(name(index), 'x'))));
    const all = { gte: bytes('k'), lt: bytes('l') };
    await expect(keysOf(current(), { ...all, limit: 2 })).resolves.toEqual([name(0), name(1)]);
    await expect(keysOf(current(), all)).resolves.toHaveLength(MAX_RANGE_ENTRIES);
    const more = await keysOf(current(), { ...all, limit: MAX_RANGE_ENTRIES + 500 });
    expect(more).toHaveLength(MAX_RANGE_ENTRIES);
    const rest = await keysOf(current(), { gte: bytes(`${more.at(-1)}\x00`), lt: all.lt });
    expect(rest).toHaveLength(500);
    expect(rest[0]).toBe(name(MAX_RANGE_ENTRIES));
  });
}

function describeLives(current: Current): void {
  it('keeps what was written over a close', async () => {
    const { store, stateStores, folder, settle } = current();
    await settle(store.write([put('a', 'flushed')]));
    await settle(store.flush());
    await settle(store.write([put('b', 'not flushed')]));
    await settle(store.close());
    const again = await settle(stateStores.open(folder));
    expect((await settle(again.get(bytes('a'))))?.toString()).toBe('flushed');
    expect((await settle(again.get(bytes('b'))))?.toString()).toBe('not flushed');
    await settle(again.close());
  });

  it('finishes what is under way before it closes, and refuses what comes later', async () => {
    const { store, stateStores, folder, settle } = current();
    const write = store.write([put('a', 'under way')]);
    const [read, range, flush] = [
      store.get(bytes('a')),
      store.range({ gte: bytes('a'), lt: bytes('b') }),
      store.flush(),
    ];
    const closed = store.close();
    await settle(Promise.all([write, read, range, flush, closed, store.close()]));
    const late: readonly Promise<unknown>[] = [store.get(bytes('a')), store.write([put('a', 'late')]), store.flush()];
    for (const call of late)
      await expect(settle(call)).rejects.toMatchObject({ name: 'StateStoreError', code: 'CLOSED', folder });
    const again = await settle(stateStores.open(folder));
    expect((await settle(again.get(bytes('a'))))?.toString()).toBe('under way');
    await settle(again.close());
  });

  it('gives a folder to one store at a time, and stores in other folders know nothing of it', async () => {
    const { store, stateStores, folder, settle } = current();
    await settle(store.write([put('a', 'mine')]));
    await expect(settle(stateStores.open(folder))).rejects.toMatchObject({
      name: 'StateStoreError',
      code: 'LOCKED',
      folder,
    });
    const other = await settle(stateStores.open(`${folder}-other`));
    await expect(settle(other.get(bytes('a')))).resolves.toBeUndefined();
    await settle(other.close());
    await expect(textOf(current(), 'a')).resolves.toBe('mine');
  });
}

/** What every StateStore must do. Runs as specs of the file that calls it. */
export function describeStateStoreContract(name: string, makeSubject: () => StateStoreContractSubject): void {
  describe(`${name} keeps the contract of StateStore`, () => {
    let subject: StateStoreContractSubject;
    let store: StateStore;
    beforeEach(async () => {
      subject = makeSubject();
      store = await subject.settle(subject.stateStores.open(subject.folder));
    });
    afterEach(async () => {
      await subject.settle(store.close());
      subject.cleanUp();
    });
    const current: Current = () => ({ ...subject, store });
    describeEntries(current);
    describeRanges(current);
    describeLives(current);
  });
}
