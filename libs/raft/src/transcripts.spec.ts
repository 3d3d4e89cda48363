import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTranscriptRun } from './testing/transcript-commands';
import { replayTranscript } from './testing/transcript-text';

const FOLDER = join(__dirname, '..', 'testdata');

/** `REWRITE=1` writes down what really happens. Commit that only when you understand why it changed. */
const REWRITE = process.env['REWRITE'] === '1';

describe('transcripts', () => {
  for (const name of readdirSync(FOLDER).filter((file) => file.endsWith('.txt'))) {
    test(name, () => {
      const path = join(FOLDER, name);
      const written = readFileSync(path, 'utf8');
      const played = replayTranscript(written, createTranscriptRun());
      if (REWRITE) writeFileSync(path, played);
      else expect(played).toBe(written);
    });
  }
});
