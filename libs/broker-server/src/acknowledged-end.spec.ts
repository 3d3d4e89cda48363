import { offset, type Offset } from '@milena/model';
import { AcknowledgedEnd } from './acknowledged-end';

/** A log whose syncs a spec completes. */
class FakeLog {
  logEndOffset: Offset = offset(0);
  recoveryPoint: Offset = offset(0);
  #syncs: ((error?: Error) => void)[] = [];

  get syncs(): number {
    return this.#syncs.length;
  }

  flush(): Promise<Offset> {
    const end = this.logEndOffset;
    return new Promise((resolve, reject) => {
      this.#syncs.push((error) => {
        if (error !== undefined) return reject(error);
        this.recoveryPoint = end;
        resolve(end);
      });
    });
  }

  async syncDone(error?: Error): Promise<void> {
    this.#syncs.shift()?.(error);
    await new Promise((resolve) => process.nextTick(resolve));
  }
}

function scene(flushMessages: number) {
  const log = new FakeLog();
  const seen: string[] = [];
  const end: AcknowledgedEnd = new AcknowledgedEnd(
    log,
    flushMessages,
    () => seen.push(`moved to ${end.offset}`),
    (error) => seen.push(String(error)),
  );
  const append = (to: number) => {
    log.logEndOffset = offset(to);
    end.appended();
  };
  return { log, end, seen, append };
}

describe('acknowledged end', () => {
  test('is the log end while no sync is demanded', () => {
    const { log, end, append } = scene(Number.MAX_SAFE_INTEGER);
    append(10);
    expect(end.offset).toBe(10);
    expect(log.syncs).toBe(0);
  });

  test('with flush.messages=1 never passes what is synced, and appends share a sync', async () => {
    const { log, end, seen, append } = scene(1);
    append(10);
    append(20);
    append(30);
    expect(end.offset).toBe(0);
    expect(log.syncs).toBe(1);
    await log.syncDone();
    expect(seen).toEqual(['moved to 10']);
    await log.syncDone();
    expect(seen).toEqual(['moved to 10', 'moved to 30']);
    expect(end.settled()).toBeUndefined();
  });

  test('with more, only the append that makes it too many waits', async () => {
    const { log, end, append } = scene(10);
    append(9);
    expect(end.offset).toBe(9);
    append(10);
    expect(end.offset).toBe(9);
    await log.syncDone();
    expect(end.offset).toBe(10);
  });

  test('a failed sync moves nothing and is reported', async () => {
    const { log, end, seen, append } = scene(1);
    append(10);
    await log.syncDone(new Error('EIO'));
    expect(end.offset).toBe(0);
    expect(seen).toEqual(['Error: EIO']);
  });

  test('once closed, a sync under way reports nothing', async () => {
    const { log, end, seen, append } = scene(1);
    append(10);
    end.close();
    await log.syncDone();
    expect(seen).toEqual([]);
  });

  test.each([1, Number.MAX_SAFE_INTEGER])(
    'with flush.messages=%d goes back with a log that was cut, and settles when the cut is synced',
    async (flushMessages) => {
      const { log, end, append } = scene(flushMessages);
      append(10);
      await log.syncDone();
      log.logEndOffset = offset(4);
      log.recoveryPoint = offset(4);
      end.truncated();
      expect([end.offset, log.syncs]).toEqual([4, 1]);
      const settled = end.settled();
      expect(settled).toBeDefined();
      await log.syncDone();
      await settled;
      expect([end.offset, end.settled()]).toEqual([4, undefined]);
    },
  );

  test('a cut during a sync needs another one', async () => {
    const { log, end, append } = scene(1);
    append(10);
    log.logEndOffset = offset(4);
    end.truncated();
    await log.syncDone();
    expect(end.settled()).toBeDefined();
    await log.syncDone();
    expect(end.settled()).toBeUndefined();
  });
});
