import { createVirtualTime } from '@milena/platform/testing';
import { createRequestGate } from './request-gate';

describe('the request gate of a broker', () => {
  it('lets requests pass once it is open', async () => {
    const gate = createRequestGate(createVirtualTime().timers);
    const early = gate.passed();
    gate.open();
    await expect(early).resolves.toBeUndefined();
    await expect(gate.passed()).resolves.toBeUndefined();
  });

  it('turns a request away that waited a second', async () => {
    const time = createVirtualTime();
    const early = createRequestGate(time.timers).passed();
    await time.advance(1_000);
    await expect(early).rejects.toThrow('the broker is not ready');
  });
});
