import { timestampMs } from '@milena/model';
import { createMemoryDisk, type MemoryDisk } from '@milena/platform/testing';
import { batchesOf } from '@milena/record-batch';
import fc from 'fast-check';
import type { PartitionLog } from './partition-log';
import type { RecoveryRules } from './recovery-rules';
import {
  at,
  batch,
  contents,
  damage,
  fileBytes,
  fill,
  FOLDER,
  idempotent,
  NOW,
  open,
  TOPIC_ID,
  valueOf,
} from './testing/log-fixture';

const FIRST_LOG = '00000000000000000000.log';

/** Everything a reader could notice of a log. */
function visible(log: PartitionLog): unknown {
  return {
    start: log.logStartOffset,
    end: log.logEndOffset,
    batches: contents(log),
    epochs: [0, 1, 2, 3, 4].map((epoch) => log.endOffsetForEpoch(epoch)),
    times: [0, 50, 100].map((ms) => log.offsetForTimestamp(timestampMs(NOW + ms))),
    producers: [...log.producers()],
  };
}

/** A log of several segments, epochs, times and producers. */
function variedLog(disk: MemoryDisk): PartitionLog {
  const log = open(disk, { topicId: TOPIC_ID });
  for (let index = 0; index < 40; index += 1) {
    const epoch = Math.floor(index / 12);
    valueOf(log.appendAsLeader(batch(2, { timestamp: timestampMs(NOW + index * 3) }), epoch));
    const producer = index % 3 === 0 ? idempotent(1, index / 3) : idempotent(1, index, 0, 100 + index);
    valueOf(log.appendAsLeader(producer, epoch));
  }
  return log;
}

describe('recovery', () => {
  it('finds everything again after the process was killed', () => {
    const disk = createMemoryDisk();
    const before = visible(variedLog(disk));
    disk.crash('keep');
    const log = open(disk);
    expect(visible(log)).toEqual(before);
    expect(log.topicId).toBe(TOPIC_ID);
    expect(log.recovery).toMatchObject({ truncatedBytes: 0, lostDurableData: false });
    fill(log, 3, { epoch: 4 });
    expect(log.endOffsetForEpoch(4)).toEqual({ epoch: 4, endOffset: log.logEndOffset });
  });

  it('ends before a hole: a power cut may keep the next segment and lose the unsynced tail before it', () => {
    const disk = createMemoryDisk();
    const log = open(disk);
    fill(log, 40);
    expect(log.segmentCount).toBeGreaterThan(2);
    disk.crash('keep');
    const file = disk.open(`${FOLDER}/${FIRST_LOG}`);
    const [first] = batchesOf(fileBytes(disk, FIRST_LOG));
    file.truncate(first!.bytes.length);
    file.close();
    const recovered = open(disk);
    expect([recovered.logEndOffset, recovered.segmentCount]).toEqual([2, 1]);
    expect(contents(recovered)).toEqual(['0..1@0']);
    fill(recovered, 1, { epoch: 1 });
    expect(contents(recovered)).toEqual(['0..1@0', '2..3@1']);
  });

  it('finds everything again after a clean close, without scanning', async () => {
    const disk = createMemoryDisk();
    const log = variedLog(disk);
    const before = visible(log);
    await log.close();
    disk.crash();
    const reopened = open(disk, { cleanShutdown: true });
    expect(visible(reopened)).toEqual(before);
    expect(reopened.recovery.scannedSegments).toBe(0);
    expect(reopened.recoveryPoint).toBe(reopened.logEndOffset);
  });

  it('keeps the window of five batches across a clean restart', async () => {
    const disk = createMemoryDisk();
    const log = open(disk);
    for (let sequence = 0; sequence < 7; sequence += 1) valueOf(log.appendAsLeader(idempotent(1, sequence), 0));
    await log.close();
    const reopened = open(disk, { cleanShutdown: true });
    expect(valueOf(reopened.appendAsLeader(idempotent(1, 2), 0))).toMatchObject({ firstOffset: 2, isDuplicate: true });
    expect(reopened.appendAsLeader(idempotent(1, 1), 0)).toMatchObject({
      error: { code: 'OUT_OF_ORDER_SEQUENCE_NUMBER' },
    });
  });

  it('scans only the segments from the recovery point on', async () => {
    const disk = createMemoryDisk();
    const log = open(disk);
    fill(log, 40);
    const durable = await log.flush();
    fill(log, 1);
    const scanned = open(disk, { recoveryPoint: durable }).recovery.scannedSegments;
    expect(scanned).toBe(1);
    expect(open(disk, { recoveryPoint: at(0) }).recovery.scannedSegments).toBe(log.segmentCount);
  });

  it('cuts a torn tail and goes on from there', () => {
    const disk = createMemoryDisk();
    const log = open(disk);
    fill(log, 3);
    damage(disk, FIRST_LOG, (bytes) => bytes.subarray(0, bytes.length - 5));
    const reopened = open(disk);
    expect(reopened.logEndOffset).toBe(4);
    expect(reopened.recovery).toMatchObject({ truncatedBytes: batch(2).length - 5, lostDurableData: false });
    fill(reopened, 1, { epoch: 1 });
    expect(contents(reopened)).toEqual(['0..1@0', '2..3@0', '4..5@1']);
  });

  it('cuts a tail of zeros, as a file leaves that grew without its data', () => {
    const disk = createMemoryDisk();
    fill(open(disk), 2);
    damage(disk, FIRST_LOG, (bytes) => Buffer.concat([bytes, Buffer.alloc(500)]));
    expect(contents(open(disk))).toEqual(['0..1@0', '2..3@0']);
  });

  it('cuts where epochs go back: what was removed once may stand behind what came in its place', () => {
    const [former, disk] = [createMemoryDisk(), createMemoryDisk()];
    fill(open(former), 2, { epoch: 1 });
    fill(open(disk), 1, { epoch: 4 });
    disk.crash('keep');
    damage(disk, FIRST_LOG, (bytes) => Buffer.concat([bytes, fileBytes(former, FIRST_LOG).subarray(bytes.length)]));
    expect(contents(open(disk))).toEqual(['0..1@4']);
  });

  it('cuts at a flipped bit in the middle, removes what follows, and says when synced data was lost', async () => {
    const disk = createMemoryDisk();
    const log = open(disk);
    fill(log, 40);
    await log.flush();
    disk.flipBits(`${FOLDER}/${FIRST_LOG}`, batch(2).length * 2 + 65, 1);
    const reopened = open(disk, { recoveryPoint: at(80) });
    expect(reopened.logEndOffset).toBe(80);
    const torn = open(disk, { recoveryPoint: at(0) });
    expect(torn.logEndOffset).toBe(4);
    expect(torn.segmentCount).toBe(1);
    expect(torn.recovery.lostDurableData).toBe(false);
  });

  it('reports lost durable data when the damage lies below the recovery point', async () => {
    const disk = createMemoryDisk();
    const log = open(disk);
    fill(log, 3);
    await log.flush();
    disk.flipBits(`${FOLDER}/${FIRST_LOG}`, 65, 1);
    expect(open(disk, { recoveryPoint: at(6) }).recovery.lostDurableData).toBe(true);
  });

  it.each(['index', 'timeindex'])('rebuilds a missing, a cut and a zeroed %s', async (kind) => {
    const disk = createMemoryDisk();
    const log = variedLog(disk);
    const before = visible(log);
    await log.close();
    const name = FIRST_LOG.replace('log', kind);
    const intact = fileBytes(disk, name);
    expect(intact.length).toBeGreaterThan(12);
    disk.removeFile(`${FOLDER}/${name}`);
    for (const change of [undefined, (bytes: Buffer) => bytes.subarray(0, 13), (bytes: Buffer) => bytes.fill(0)]) {
      if (change !== undefined) damage(disk, name, change);
      expect(visible(open(disk, { cleanShutdown: true }))).toEqual(before);
    }
  });

  it('rebuilds the epochs from the batches when their file is missing or damaged', async () => {
    const disk = createMemoryDisk();
    const log = variedLog(disk);
    const before = visible(log);
    await log.close();
    damage(disk, 'leader-epoch-checkpoint', () => Buffer.from('0\n7\n'));
    expect(visible(open(disk, { cleanShutdown: true }))).toEqual(before);
    disk.removeFile(`${FOLDER}/leader-epoch-checkpoint`);
    expect(visible(open(disk, { cleanShutdown: true }))).toEqual(before);
  });

  it('falls back to an older producer snapshot when the newest is damaged', async () => {
    const disk = createMemoryDisk();
    const log = variedLog(disk);
    const before = visible(log);
    await log.close();
    const snapshot = disk.list(FOLDER).findLast((name) => name.endsWith('.snapshot'))!;
    damage(disk, snapshot, (bytes) => bytes.fill(0xff, bytes.length - 3));
    expect(visible(open(disk, { cleanShutdown: true }))).toEqual(before);
  });

  it('removes files that unfinished work left behind', () => {
    const disk = createMemoryDisk();
    fill(open(disk), 2);
    for (const name of [
      '00000000000000000007.index',
      '00000000000000000003.log.deleted',
      'leader-epoch-checkpoint.tmp',
    ]) {
      disk.open(`${FOLDER}/${name}`, { create: true }).close();
    }
    open(disk);
    expect(disk.list(FOLDER).filter((name) => /deleted|tmp|7\.index/.test(name))).toEqual([]);
  });
});

describe('power cuts', () => {
  /** Flushes now and then; everything flushed must be there afterwards, and what is there must be a prefix. */
  async function run(steps: readonly number[], mode: 'lose-unsynced' | 'tear'): Promise<void> {
    const disk = createMemoryDisk();
    const log = open(disk, { topicId: TOPIC_ID });
    let durable = at(0);
    const written: string[] = [];
    for (const step of steps) {
      if (step < 6) {
        fill(log, step + 1, { epoch: Math.max(0, log.latestEpoch) });
      } else if (step === 6) {
        durable = await log.flush();
      } else if (step === 7) {
        log.truncateTo(at(Math.max(log.logStartOffset, log.logEndOffset - 7)));
        durable = at(Math.min(durable, log.logEndOffset));
      } else if (step === 8) {
        log.assignEpochStartOffset(log.latestEpoch + 1, log.logEndOffset);
        fill(log, 1, { epoch: log.latestEpoch + 1 });
      } else {
        valueOf(log.deleteRecordsBefore(durable));
      }
    }
    written.push(...contents(log));
    const recoveryPoint = log.recoveryPoint;
    disk.crash(mode);
    const reopened = open(disk, { recoveryPoint });
    expect(reopened.logEndOffset).toBeGreaterThanOrEqual(durable);
    expect(reopened.recovery.lostDurableData).toBe(false);
    const survived = contents(reopened).filter((line) => Number(line.split('.')[0]) < durable);
    const expected = written.filter((line) => Number(line.split('.')[0]) < durable);
    expect(survived.slice(survived.length - expected.length)).toEqual(expected);
    fill(reopened, 12, { epoch: 99 });
    expect(reopened.endOffsetForEpoch(99).endOffset).toBe(reopened.logEndOffset);
  }

  it.each(['lose-unsynced', 'tear'] as const)('loses nothing that was flushed (%s)', async (mode) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(9), { minLength: 1, maxLength: 25 }), (steps) => run(steps, mode)),
      { seed: 7, numRuns: 80 },
    );
  });

  it('recovers from a crash in the middle of recovery', () => {
    const disk = createMemoryDisk();
    const before = contents(variedLog(disk));
    damage(disk, FIRST_LOG, (bytes) => bytes);
    for (let round = 0; round < 3; round += 1) {
      open(disk);
      disk.crash('keep');
    }
    expect(contents(open(disk))).toEqual(before);
  });

  it('takes a segment for stale that begins below the end of the one before', () => {
    const disk = createMemoryDisk();
    const log = open(disk);
    fill(log, 30);
    const names = disk.list(FOLDER).filter((name) => name.endsWith('.log'));
    damage(disk, names[0]!, (bytes) => Buffer.concat([bytes, batch(2, { baseOffset: at(200) })]));
    const reopened = open(disk);
    expect(reopened.segmentCount).toBe(1);
    expect(contents(reopened).at(-1)).toBe('200..201@0');
  });
});

describe("the owner's rules", () => {
  const rules = (mustKeep: number): RecoveryRules => ({
    accepts: ({ baseOffset }, before) => baseOffset === before.offset,
    beforeCut: (end, path) => {
      if (end < mustKeep) throw new Error(`${path} ends at ${end}`);
    },
  });
  const withGap = (disk: MemoryDisk): void => {
    fill(open(disk), 30);
    damage(disk, FIRST_LOG, (bytes) => {
      const [first] = [...batchesOf(bytes)].map(({ header }) => header.sizeInBytes);
      bytes.writeUInt8(1, (first ?? 0) + 6); // a bit of the second batch's base offset, which its CRC leaves out
      return bytes;
    });
  };

  it('end the log before an intact batch that cannot follow', () => {
    const disk = createMemoryDisk();
    withGap(disk);
    const log = open(disk, { recoveryRules: rules(0) });
    expect(contents(log)).toEqual(['0..1@0']);
  });

  it('may forbid a cut: then every batch stays where it is', () => {
    const disk = createMemoryDisk();
    withGap(disk);
    const files = (): readonly string[] => disk.list(FOLDER).filter((name) => name.endsWith('.log'));
    const before = files().map((name) => fileBytes(disk, name));
    expect(() => open(disk, { recoveryRules: rules(10) })).toThrow(`${FOLDER}/${FIRST_LOG} ends at 2`);
    expect(files().map((name) => fileBytes(disk, name))).toEqual(before);
  });

  it('take the epochs from the batches, whatever leader-epoch-checkpoint says', async () => {
    const disk = createMemoryDisk();
    const log = open(disk);
    fill(log, 30);
    await log.flush();
    damage(disk, 'leader-epoch-checkpoint', () => Buffer.from('0\n1\n7 0\n'));
    expect(open(disk, { recoveryRules: rules(0) }).latestEpoch).toBe(0);
  });
});
