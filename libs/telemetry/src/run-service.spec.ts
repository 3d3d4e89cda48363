import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const root = join(__dirname, '..', '..', '..');

function program(service: string): string {
  const contents = `
    import { silentLogger } from '@milena/platform';
    import { runService } from './run-service';
    const alive = setInterval(() => {}, 1000);
    runService((onFatal) => (${service}), { name: 'test', logger: silentLogger, stopWithinMs: 300 });
    process.stdout.write('up');`;
  const built = buildSync({
    stdin: { contents, resolveDir: __dirname, loader: 'ts' },
    bundle: true,
    write: false,
    platform: 'node',
    conditions: ['@milena/source'],
  });
  return built.outputFiles[0]?.text ?? '';
}

async function started(service: string): Promise<{ child: ChildProcess; ended: Promise<[number | null, string]> }> {
  const child = spawn(process.execPath, ['-e', program(service)], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let stderr = '';
  child.stderr?.on('data', (chunk) => (stderr += String(chunk)));
  const ended = Promise.all([once(child, 'exit'), once(child.stderr!, 'end')]).then(
    ([[code]]) => [code as number | null, stderr] as [number | null, string],
  );
  await Promise.race([once(child.stdout!, 'data'), ended]);
  return { child, ended };
}

describe('runService', () => {
  it('stops on SIGTERM with code 0, even while the start still waits', async () => {
    const { child, ended } = await started('{ start: () => new Promise(() => {}), stop: async () => {} }');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, '']);
  });

  it('stops when the parent that spawned it is gone', async () => {
    const { child, ended } = await started('{ start: async () => {}, stop: async () => {} }');
    child.disconnect();
    expect(await ended).toEqual([0, '']);
  });

  it('ends with code 1 when stopping takes too long', async () => {
    const { child, ended } = await started('{ start: async () => {}, stop: () => new Promise(() => {}) }');
    child.kill('SIGINT');
    expect(await ended).toEqual([1, 'test: did not stop within 300 ms\n']);
  });

  it('says in one line why it could not start', async () => {
    const { ended } = await started(
      '{ start: async () => { throw new Error("id 1 is taken"); }, stop: async () => {} }',
    );
    expect(await ended).toEqual([1, 'test: id 1 is taken\n']);
  });

  it('says in one line why it could not be made', async () => {
    const { ended } = await started('(() => { throw new Error("not formatted"); })()');
    expect(await ended).toEqual([1, 'test: not formatted\n']);
  });

  it('ends when the service reports a fatal error', async () => {
    const { ended } = await started(
      '{ start: async () => { await null; onFatal(new Error("disk")); }, stop: async () => {} }',
    );
    expect(await ended).toEqual([1, 'test: fatal error: disk\n']);
  });

  it('ends when an exception was caught by nobody', async () => {
    const service =
      '{ start: async () => { process.nextTick(() => { throw new Error("bug"); }); }, stop: async () => {} }';
    const { ended } = await started(service);
    expect(await ended).toEqual([1, 'test: fatal error: bug\n']);
  });
});
