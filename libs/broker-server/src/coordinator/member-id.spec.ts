import { createSeededRandom } from '@milena/platform/testing';
import { newMemberId } from './member-id';

describe('member ids', () => {
  it('begin with what they are made for, and never come twice', () => {
    const random = createSeededRandom(1);
    const ids = [newMemberId('app', random), newMemberId('app', random)];
    for (const id of ids) expect(id).toMatch(/^app-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(ids[0]).not.toBe(ids[1]);
  });

  it('come back from the client as they went, also where a long name is cut inside a character', () => {
    const id = newMemberId(`${'a'.repeat(199)}\u{1f600}`, createSeededRandom(1));
    expect(Buffer.from(id).toString()).toBe(id);
  });
});
