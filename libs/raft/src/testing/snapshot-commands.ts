import { offset } from '@milena/model';
import { MemoryRaftLog } from './memory-raft-log';
import type { TestNode } from './test-node';
import { INITIAL_QUORUM_STATE } from '../quorum-state';

/** The commands of the transcripts that concern snapshots; `node` finds a node by its id. */
export function snapshotCommands(
  node: (id: string | undefined) => TestNode,
): Record<string, (words: readonly string[]) => readonly string[]> {
  return {
    snapshot: (ids) => ids.map((id) => `${node(id).id} ${node(id).makeSnapshot()}`),
    clean: (ids) => ids.map((id) => `${node(id).id} ${node(id).clean()}`),
    erase: (ids) => {
      for (const id of ids) {
        const erased = node(id);
        erased.kill({ losesUnflushed: true });
        erased.log = new MemoryRaftLog(erased.id);
        erased.file = INITIAL_QUORUM_STATE;
      }
      return [];
    },
  };
}

/** Puts snapshots beside a log that is on disk: one for each end offset listed; the log then starts at `start`. */
export function putSnapshotsOnDisk(node: TestNode, given: Readonly<Record<string, string>>): void {
  const ends = (given['snapshots'] ?? '').split(',').filter((end) => end !== '');
  for (const end of ends) node.log.makeSnapshot(offset(Number(end)));
  if (given['start'] !== undefined) node.log.cleanTo({ offset: offset(Number(given['start'])), epoch: 0 });
}

/** What `show` says before the records of a log: the snapshots, and where the log starts when that is not 0. */
export function showSnapshots({ log }: TestNode): string {
  const names = log.snapshotIds.map((id) => `${id.offset}-${id.epoch}`);
  const snapshots = names.length === 0 ? '' : `snapshots: ${names.join(' ')}; `;
  return `${snapshots}log${log.startOffset() === 0 ? '' : ` from ${log.startOffset()}`}`;
}
