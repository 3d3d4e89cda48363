import { createProgram } from '../program';
import { completions, type NameKind } from './completions';

const program = createProgram({ environment: {} });

/** What is offered, and of whom names were asked. */
async function complete(...words: readonly string[]): Promise<{ words: string[]; asked: string[] }> {
  const asked: string[] = [];
  const source = {
    names(kind: NameKind, bootstrap: string) {
      asked.push(`${kind}@${bootstrap}`);
      return Promise.resolve([`${kind}-a`, `${kind}-b`]);
    },
  };
  const found = await completions(program, words, source);
  return { words: found.map(({ word }) => word), asked };
}

describe('completion', () => {
  it('offers commands, and none of those that are not for people', async () => {
    expect((await complete('')).words).toEqual(
      expect.arrayContaining(['dev', 'produce', 'topic', 'group', 'completion']),
    );
    expect((await complete('')).words).not.toContain('demo-traffic');
    expect((await complete('topic', 'de')).words).toEqual(['describe', 'delete']);
    expect((await complete('topic', 'describ', '')).words).toContain('list');
  });

  it('offers options, and the choices of one that waits for its value', async () => {
    expect((await complete('group', 'list', '--')).words).toEqual(['--bootstrap-server', '--output', '--help']);
    expect((await complete('group', 'list', '-o', '')).words).toEqual(['table', 'json', 'yaml', 'ndjson']);
    expect((await complete('produce', '-z', 'z')).words).toEqual(['zstd']);
    expect(await complete('produce', '--partition', '')).toEqual({ words: [], asked: [] });
  });

  it('asks the named cluster for names', async () => {
    expect(await complete('consume', 'topic-a', '-n', '1', '')).toEqual({
      words: ['topic-a', 'topic-b'],
      asked: ['topic@127.0.0.1:9092'],
    });
    expect(await complete('group', 'describe', '-b', 'a:1', 'group-b')).toEqual({
      words: ['group-b'],
      asked: ['group@a:1'],
    });
    expect((await complete('consume', '-g', '')).asked).toEqual(['group@127.0.0.1:9092']);
    expect((await complete('broker', 'describe', '--bootstrap-server=b:2', '')).asked).toEqual(['broker@b:2']);
    expect((await complete('config', 'get', 'topic', '')).asked).toEqual(['topic@127.0.0.1:9092']);
    expect((await complete('config', 'get', 'broker', '')).asked).toEqual(['broker@127.0.0.1:9092']);
    expect(await complete('config', 'get', '')).toEqual({ words: ['topic', 'broker'], asked: [] });
    expect(await complete('topic', 'create', '')).toEqual({ words: [], asked: [] });
  });
});
