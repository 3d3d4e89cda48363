import type { TestNode } from './test-node';

/** What the commands work on. */
export interface ReadCommandScene {
  node(id: string | undefined): TestNode;
  /** Shows a line of its own in the transcript. */
  tell(line: string): void;
}

/** The command of transcripts about the read index: `read ID timeout=MS`. */
export function readCommands({
  node,
  tell,
}: ReadCommandScene): Readonly<Record<string, (words: readonly string[]) => void>> {
  return {
    read: ([id, timeout]) => {
      const asked = node(id);
      const timeoutMs = Number(timeout?.slice('timeout='.length) ?? 1000);
      asked.serve({ type: 'readIndex', timeoutMs }, (response) => {
        if (response.type !== 'readIndex') return;
        const { error, readIndex } = response;
        tell(`${asked.id} answers a reader: ${readIndex === undefined ? error : `read up to ${readIndex}`}`);
      });
    },
  };
}
