import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { playTranscript } from './testing/transcript';

const folder = join(__dirname, '..', 'testdata');

/** `REWRITE=1 jest --selectProjects zookeeper` writes what the projection does now; read the difference before you keep it. */
const rewrite = process.env.REWRITE === '1';

describe('transcripts', () => {
  it.each(readdirSync(folder).filter((name) => name.endsWith('.txt')))('%s', (name) => {
    const path = join(folder, name);
    const expected = readFileSync(path, 'utf8');
    const played = playTranscript(expected);
    if (rewrite) writeFileSync(path, played);
    else expect(played).toBe(expected);
  });
});
