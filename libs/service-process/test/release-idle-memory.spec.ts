import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

/** Makes garbage until its heap is large, says how large, then does nothing until the heap is small, and says so again. */
const PROGRAM = `
  import { silentLogger } from '@milena/platform';
  import { releaseIdleMemory } from './release-idle-memory';
  const MIB = 2 ** 20;
  const heapMib = () => process.memoryUsage().heapTotal / MIB;
  releaseIdleMemory({ logger: silentLogger, lookEveryMs: 50 });
  const rest = heapMib();
  let kept = [];
  while (heapMib() < rest + 60) for (let index = 0; index < 100_000; index += 1) kept[index] = { index };
  kept = [];
  const large = heapMib();
  const watch = setInterval(() => {
    if (heapMib() > rest + 20) return;
    clearInterval(watch);
    process.stdout.write(JSON.stringify({ rest, large, small: heapMib() }));
  }, 20);`;

describe('memory of an idle process', () => {
  it('is given back after a burst, and does not keep the process alive', async () => {
    const built = buildSync({
      stdin: { contents: PROGRAM, resolveDir: join(__dirname, '..', 'src'), loader: 'ts' },
      bundle: true,
      write: false,
      platform: 'node',
      conditions: ['@milena/source'],
    });
    const text = built.outputFiles[0]?.text ?? '';
    const child = spawn(process.execPath, ['-e', text], {
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: 20_000,
      killSignal: 'SIGKILL',
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await once(child, 'close');
    const { rest, large, small } = JSON.parse(said) as { rest: number; large: number; small: number };
    expect(large).toBeGreaterThan(rest + 59);
    expect(small).toBeLessThan(rest + 20);
  }, 30_000);
});
