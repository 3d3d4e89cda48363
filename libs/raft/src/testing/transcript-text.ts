/** One command of a transcript and what it prints. */
export interface TranscriptStep {
  readonly command: string;
  readonly output: string;
}

/**
 * A transcript: prose, then steps. A step is a `> command` line and the output below it, up to an empty line. Lines that
 * begin with `#` belong to the story and stay where they are.
 */
export interface Transcript {
  readonly parts: readonly (string | TranscriptStep)[];
}

/** Parses a transcript. */
export function parseTranscript(text: string): Transcript {
  const parts: (string | TranscriptStep)[] = [];
  const lines = text.split('\n');
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    if (!line.startsWith('> ')) {
      parts.push(line);
      continue;
    }
    const output: string[] = [];
    while ((lines[index + 1] ?? '') !== '') output.push(lines[++index] ?? '');
    parts.push({ command: line.slice(2), output: output.join('\n') });
  }
  return { parts };
}

/** Runs the commands and returns the transcript with the output they really gave. */
export function replayTranscript(text: string, run: (command: string) => readonly string[]): string {
  return parseTranscript(text)
    .parts.map((part) => (typeof part === 'string' ? part : [`> ${part.command}`, ...run(part.command)].join('\n')))
    .join('\n');
}
