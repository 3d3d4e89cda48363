import type { MemoryDisk } from '@milena/platform/testing';
import { BATCH_HEADER_BYTES, batchesOf } from '@milena/record-batch';
import { BOOTSTRAP_CHECKPOINT_FILE } from './bootstrap-checkpoint';
import { DamagedVoter, FOLDER } from './testing/damaged-voter';

/** What a start on a damaged file comes to: with peers, and for the only voter. An error's name, or 'whole'. */
interface Cell {
  readonly file: string;
  readonly damage: string;
  readonly withPeers: string;
  readonly alone: string;
}

const repaired = (file: string, damage: string, alone: string): Cell => ({ file, damage, withPeers: 'whole', alone });
const refused = (file: string, damage: string, error: string): Cell => ({
  file,
  damage,
  withPeers: error,
  alone: error,
});
const harmless = (file: string, damage: string): Cell => ({ file, damage, withPeers: 'whole', alone: 'whole' });

const MATRIX: readonly Cell[] = [
  ...['flipped', 'torn', 'emptied', 'removed'].map((each) => refused('quorum-state', each, 'UnusableQuorumState')),
  ...['flipped', 'torn', 'emptied'].map((each) => refused('meta.properties', each, 'UnusableLogFolder')),
  ...['flipped', 'torn', 'emptied', 'removed'].map((each) => refused('bootstrap', each, 'UnusableBootstrapCheckpoint')),
  ...['flipped', 'torn', 'emptied', 'removed'].map((each) => repaired('active segment', each, 'UnusableMetadataLog')),
  ...['flipped', 'torn', 'emptied', 'removed'].map((each) => repaired('closed segment', each, 'UnusableMetadataLog')),
  ...['flipped', 'torn', 'emptied'].map((each) => repaired('snapshot', each, 'UnusableSnapshot')),
  repaired('snapshot', 'removed', 'UnusableMetadataLog'),
  ...['flipped', 'torn', 'emptied', 'removed'].map((each) => harmless('committed-mark', each)),
  repaired('committed-mark', 'flipped in both copies', 'UnusableMetadataLog'),
  ...[
    'leader-epoch-checkpoint',
    'partition.metadata',
    'index of the active segment',
    'index of a closed segment',
  ].flatMap((file) => ['flipped', 'torn', 'emptied', 'removed'].map((each) => harmless(file, each))),
];

function pathOf(voter: DamagedVoter, file: string): string {
  const segments = voter.files().filter((path) => path.endsWith('.log'));
  const snapshot = voter
    .files()
    .findLast((path) => path.endsWith('.checkpoint') && !path.endsWith(BOOTSTRAP_CHECKPOINT_FILE));
  const paths: Readonly<Record<string, string | undefined>> = {
    'meta.properties': '/data/meta.properties',
    bootstrap: `${FOLDER}/${BOOTSTRAP_CHECKPOINT_FILE}`,
    'active segment': segments.at(-1),
    'closed segment': segments.at(-2),
    snapshot,
    'index of the active segment': segments.at(-1)?.replace('.log', '.index'),
    'index of a closed segment': segments.at(-2)?.replace('.log', '.index'),
  };
  return paths[file] ?? `${FOLDER}/${file}`;
}

/** Bytes worth a flip: in batches each that says where and when, and one of the records; elsewhere a few that hold values. */
function flips(voter: DamagedVoter, file: string): readonly number[] {
  const content = voter.content(pathOf(voter, file));
  if (/^(active|closed) segment$/.test(file)) {
    const lengths = [...batchesOf(content)].map(({ header }) => header.sizeInBytes);
    const lastAt = lengths.slice(0, -1).reduce((sum, bytes) => sum + bytes, 0);
    const positions = [1, 3, 5, 7, 9, 11, 13, 15, 16, 20, 30, BATCH_HEADER_BYTES + 3];
    return [0, lastAt].flatMap((start) => positions.map((position) => start + position));
  }
  if (file === 'bootstrap') return [20, 60, 100, content.length - 1];
  if (file === 'quorum-state') return [content.indexOf('leaderEpoch') + 13, content.indexOf('votedId') + 9];
  if (file === 'committed-mark') return [2, 11, 514, 523];
  return [Math.floor(content.length / 2), content.length - 1].filter((position) => position >= 0);
}

function damages(voter: DamagedVoter, { file, damage }: Cell): readonly ((disk: MemoryDisk) => void)[] {
  const path = pathOf(voter, file);
  const cut = (disk: MemoryDisk, share: number): void => {
    const content = voter.content(path);
    disk.removeFile(path);
    const opened = disk.open(path, { create: true });
    opened.pwrite(content.subarray(0, Math.floor(content.length * share)), 0);
    opened.close();
  };
  switch (damage) {
    case 'flipped':
      return flips(voter, file).map(
        (position) => (disk) => disk.flipBits(path, position, position % 2 === 0 ? 1 : 0x40),
      );
    case 'flipped in both copies':
      return [(disk) => [8, 520].forEach((position) => disk.flipBits(path, position, 1))];
    case 'torn':
      return [(disk) => cut(disk, 0.5), (disk) => cut(disk, 0.9)];
    case 'emptied':
      return [(disk) => cut(disk, 0)];
    default:
      return [(disk) => disk.removeFile(path)];
  }
}

describe.each([{ voters: [1, 2, 3] }, { voters: [1] }])(
  'of the voters $voters one finds damage at its start',
  ({ voters }) => {
    let voter: DamagedVoter;

    beforeAll(async () => {
      voter = await DamagedVoter.stop(voters);
    });

    it.each(MATRIX)('$file $damage: $withPeers, and $alone where it is the only one', async (cell) => {
      const expected = voters.length > 1 ? cell.withPeers : cell.alone;
      for (const damage of damages(voter, cell)) {
        const outcome = await voter.start(damage);
        if (outcome.type === 'whole') {
          expect('whole').toBe(expected);
          continue;
        }
        expect(outcome.error).toMatchObject({ name: expected, message: expect.stringContaining('/data/') });
        if (!/emptied|removed/.test(cell.damage)) expect(outcome.error.message).toContain(pathOf(voter, cell.file));
      }
    });

    it('and the others go on', async () => {
      if (voters.length > 1) await voter.cluster.commit('and on');
    });
  },
);
