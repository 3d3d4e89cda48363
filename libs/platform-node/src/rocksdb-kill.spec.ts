import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { silentLogger, type StateStore } from '@milena/platform';
import { createRocksDbStateStores } from './rocksdb-state-stores';

const root = join(__dirname, '..', '..', '..');
const ENTRIES = 10;
const offsetKey = Buffer.from([0]);
const firstKey = Buffer.from([1]);
const behindKey = Buffer.from([2]);

/** Goes on from the applied offset in the store, a batch of entries an offset, and says each offset that is written. */
const WRITER = `
  import { silentLogger } from '@milena/platform';
  import { createRocksDbStateStores } from './rocksdb-state-stores';
  async function write(folder) {
    const store = await createRocksDbStateStores({ logger: silentLogger }).open(folder);
    let offset = (await store.get(Buffer.from([0])))?.readUInt32BE() ?? 0;
    const write = async () => {
      const own = (offset += 1);
      const entries = Array.from({ length: ${ENTRIES} }, (_, index) => {
        const key = Buffer.alloc(6);
        key.writeUInt8(1);
        key.writeUInt32BE(own, 1);
        key.writeUInt8(index, 5);
        return { key, value: Buffer.alloc(100, index) };
      });
      const applied = Buffer.alloc(4);
      applied.writeUInt32BE(own);
      await store.write([...entries, { key: Buffer.from([0]), value: applied }]);
      process.stdout.write(own + '\\n');
    };
    for (;;) await Promise.all([write(), write(), write()]);
  }
  void write(process.argv[1]);`;

function program(): string {
  const built = buildSync({
    stdin: { contents: WRITER, resolveDir: __dirname, loader: 'ts' },
    bundle: true,
    write: false,
    platform: 'node',
    conditions: ['@milena/source'],
    external: ['rocksdb-native'],
  });
  return built.outputFiles[0]?.text ?? '';
}

/** Lets a writer live until it has said `count` offsets, kills it, and returns the last offset it said. */
async function killedWhileWriting(text: string, folder: string, count: number): Promise<number> {
  const child = spawn(process.execPath, ['-e', text, folder], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    if (said.split('\n').length > count) child.kill('SIGKILL');
  });
  await closed;
  return Math.max(...said.split('\n').slice(0, -1).map(Number));
}

async function countEntries(store: StateStore): Promise<Map<number, number>> {
  const counts = new Map<number, number>();
  let gte = firstKey;
  for (;;) {
    const page = await store.range({ gte, lt: behindKey });
    for (const { key } of page) counts.set(key.readUInt32BE(1), (counts.get(key.readUInt32BE(1)) ?? 0) + 1);
    const last = page.at(-1);
    if (last === undefined) return counts;
    gte = Buffer.concat([last.key, Buffer.alloc(1)]);
  }
}

describe('a state store whose process is killed while it writes', () => {
  it('has whole batches, all up to its applied offset, none behind it, and every one that was acknowledged', async () => {
    const parent = mkdtempSync(join(tmpdir(), 'milena-state-'));
    const folder = join(parent, '.state');
    try {
      const text = program();
      for (let round = 0; round < 3; round += 1) {
        const acknowledged = await killedWhileWriting(text, folder, 300);
        const store = await createRocksDbStateStores({ logger: silentLogger }).open(folder);
        const applied = (await store.get(offsetKey))?.readUInt32BE() ?? 0;
        expect(applied).toBeGreaterThanOrEqual(acknowledged);
        const counts = await countEntries(store);
        expect([...counts.keys()]).toEqual(Array.from({ length: applied }, (_, index) => index + 1));
        expect(new Set(counts.values())).toEqual(new Set([ENTRIES]));
        await store.close();
      }
    } finally {
      rmSync(parent, { recursive: true, force: true });
    }
  });
});
