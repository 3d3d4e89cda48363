import type { Clock } from '../clock';
import type { Timers } from '../timers';

/** Clock and timers under test. */
export interface TimersContractSubject {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Lets time pass until the condition holds. */
  waitFor(condition: () => boolean): Promise<void>;
}

/** What every pair of Clock and Timers must do. Runs as specs of the file that calls it. */
export function describeTimersContract(name: string, makeSubject: () => TimersContractSubject): void {
  describe(`${name} keeps the contract of Clock and Timers`, () => {
    it('never runs a timer inside the call that sets it', async () => {
      const { timers, waitFor } = makeSubject();
      let ran = false;
      timers.after(0, () => void (ran = true));
      timers.after(-5, () => {});
      expect(ran).toBe(false);
      await waitFor(() => ran);
    });

    it('runs a timer once, and not before its time', async () => {
      const { clock, timers, waitFor } = makeSubject();
      const startMs = clock.monotonicMs();
      const ranAtMs: number[] = [];
      let later = false;
      timers.after(20, () => void ranAtMs.push(clock.monotonicMs()));
      timers.after(40, () => void (later = true));
      await waitFor(() => later);
      expect(ranAtMs).toHaveLength(1);
      expect((ranAtMs[0] ?? 0) - startMs).toBeGreaterThanOrEqual(20);
    });

    it('runs timers in the order of their times', async () => {
      const { timers, waitFor } = makeSubject();
      const order: string[] = [];
      timers.after(30, () => void order.push('third'));
      timers.after(1, () => void order.push('first'));
      timers.after(15, () => void order.push('second'));
      await waitFor(() => order.length === 3);
      expect(order).toEqual(['first', 'second', 'third']);
    });

    it('does not run a cancelled timer, and allows cancelling one that ran', async () => {
      const { timers, waitFor } = makeSubject();
      const ran: string[] = [];
      const cancelled = timers.after(1, () => void ran.push('cancelled'));
      const kept = timers.after(1, () => void ran.push('kept'));
      cancelled.cancel();
      cancelled.cancel();
      timers.after(10, () => void ran.push('end'));
      await waitFor(() => ran.includes('end'));
      kept.cancel();
      expect(ran).toEqual(['kept', 'end']);
    });

    it('has a wall clock in whole milliseconds of this century and a monotonic clock that never goes back', async () => {
      const { clock, timers, waitFor } = makeSubject();
      const before = clock.monotonicMs();
      let passed = false;
      timers.after(2, () => void (passed = true));
      await waitFor(() => passed);
      expect(clock.monotonicMs()).toBeGreaterThan(before);
      expect(Number.isInteger(clock.wallMs())).toBe(true);
      expect(clock.wallMs()).toBeGreaterThan(1_600_000_000_000);
    });
  });
}
