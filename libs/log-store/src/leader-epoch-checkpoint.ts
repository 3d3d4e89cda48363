import { MalformedInput } from '@milena/bytes';
import { offset } from '@milena/model';
import type { EpochEntry } from '@milena/replication';
import { formatCheckpoint, parseCheckpoint, parseCheckpointNumber } from './checkpoint-text';

/** Text of leader-epoch-checkpoint: lines `epoch startOffset`. */
export function formatLeaderEpochCheckpoint(entries: readonly EpochEntry[]): string {
  return formatCheckpoint(entries.map(({ epoch, startOffset }) => `${epoch} ${startOffset}`));
}

/** Entries of leader-epoch-checkpoint; MalformedInput when the text is damaged. */
export function parseLeaderEpochCheckpoint(text: string): readonly EpochEntry[] {
  return parseCheckpoint(text).map((line) => {
    const [epoch, startOffset, ...rest] = line.split(' ');
    if (rest.length > 0) throw new MalformedInput(`checkpoint line ${line}`);
    return { epoch: parseCheckpointNumber(epoch), startOffset: offset(parseCheckpointNumber(startOffset)) };
  });
}
