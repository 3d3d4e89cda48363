import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const program = buildSync({
  stdin: {
    contents: `
      import { createLogger } from './pino-logger';
      const logger = createLogger({ service: 'broker', nodeId: 3, level: 'info', pretty: false });
      logger.debug('not shown');
      logger.info('became leader', { epoch: 7 });
      logger.child({ topic: 't' }).error('log is gone', { error: new Error('disk on fire') });
      process.kill(process.pid, 'SIGKILL');`,
    resolveDir: __dirname,
    loader: 'ts',
  },
  bundle: true,
  write: false,
  platform: 'node',
  external: ['pino'],
  conditions: ['@milena/source'],
}).outputFiles[0]?.text;

describe('createLogger', () => {
  it('writes JSON lines to stderr that survive the death of the process', () => {
    const cwd = join(__dirname, '..', '..', '..');
    const { stderr, stdout } = spawnSync(process.execPath, ['-e', program ?? ''], { cwd, encoding: 'utf8' });
    const lines = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toMatchObject([
      { level: 'info', service: 'broker', node_id: 3, msg: 'became leader', epoch: 7 },
      { level: 'error', topic: 't', msg: 'log is gone', error: { message: 'disk on fire' } },
    ]);
    expect(String(lines[0]?.time)).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect(stdout).toBe('');
  });
});
