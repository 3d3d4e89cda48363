import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@milena/platform';
import { createRecordingLogger, describeStateStoreContract } from '@milena/platform/testing';
import { createRocksDbStateStores } from './rocksdb-state-stores';

describeStateStoreContract('a state store on RocksDB', () => {
  const parent = mkdtempSync(join(tmpdir(), 'milena-state-'));
  return {
    stateStores: createRocksDbStateStores({ logger: silentLogger }),
    folder: join(parent, '.state'),
    settle: (promise) => promise,
    cleanUp: () => rmSync(parent, { recursive: true, force: true }),
  };
});

const KEY = Buffer.from('key');

describe('a state store on RocksDB', () => {
  let parent: string;
  let folder: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'milena-state-'));
    folder = join(parent, '.state');
  });
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  async function makeStore(): Promise<void> {
    const store = await createRocksDbStateStores({ logger: silentLogger }).open(folder);
    await store.write([{ key: KEY, value: Buffer.from('old') }]);
    await store.flush();
    await store.close();
  }

  async function expectBegunAnew(): Promise<void> {
    const logger = createRecordingLogger();
    const store = await createRocksDbStateStores({ logger }).open(folder);
    await expect(store.get(KEY)).resolves.toBeUndefined();
    await store.write([{ key: KEY, value: Buffer.from('new') }]);
    await expect(store.get(KEY)).resolves.toEqual(Buffer.from('new'));
    await store.close();
    expect(logger.lines).toEqual([
      expect.objectContaining({ level: 'warn', message: 'state store cannot be read and is begun anew' }),
    ]);
  }

  it('is begun anew, with one warning, when its manifest is damaged', async () => {
    await makeStore();
    for (const name of readdirSync(folder).filter((file) => file.startsWith('MANIFEST')))
      writeFileSync(join(folder, name), 'no manifest');
    await expectBegunAnew();
  });

  it('is begun anew when one of its tables is gone', async () => {
    await makeStore();
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.sst'))) rmSync(join(folder, name));
    await expectBegunAnew();
  });

  it('is begun anew when the folder is of something else', async () => {
    await makeStore();
    writeFileSync(join(folder, 'CURRENT'), 'what another program calls CURRENT\n');
    await expectBegunAnew();
  });

  it('is begun anew when a file stands in place of the folder', async () => {
    writeFileSync(folder, 'a file');
    await expectBegunAnew();
  });

  it('says so when its folder can be neither read nor made', async () => {
    writeFileSync(join(parent, 'file'), '');
    const opening = createRocksDbStateStores({ logger: silentLogger }).open(join(parent, 'file', 'below'));
    await expect(opening).rejects.toMatchObject({ name: 'StateStoreError', code: 'IO' });
  });
});
