import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerConfig } from '@milena/config-schema';
import { rehearse } from '../src/rehearsal/rehearse';
import { writtenConfig } from './written-config';

describe('a rehearsal', () => {
  let parent: string;
  let folder: string;
  let server: ServerConfig;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'milena-rehearsal-'));
    folder = join(parent, 'rehearsal');
    server = writtenConfig(parent, 9093, '101@127.0.0.1:9093').server;
  });
  afterEach(() => rmSync(parent, { recursive: true }));

  test('goes through, and leaves nothing', async () => {
    expect(await rehearse({ folder, server, isWanted: () => true })).toBe(true);
    expect(existsSync(folder)).toBe(false);
  }, 30_000);

  test('ends as soon as it is not wanted, and leaves nothing', async () => {
    let asked = 0;
    expect(await rehearse({ folder, server, isWanted: () => ++asked < 30 })).toBe(false);
    expect(asked).toBe(30);
    expect(existsSync(folder)).toBe(false);
  }, 30_000);

  test('clears away what one left that was cut short', async () => {
    expect(await rehearse({ folder, server, isWanted: () => false })).toBe(false);
    expect(existsSync(folder)).toBe(false);
  }, 30_000);

  test('rejects where it cannot write', async () => {
    writeFileSync(join(parent, 'file'), '');
    const refused = rehearse({ folder: join(parent, 'file', 'rehearsal'), server, isWanted: () => true });
    await expect(refused).rejects.toThrow(/ENOTDIR/);
  });
});
