import { SESSION_PASSWORDS } from './session-passwords';

describe('passwords of sessions', () => {
  it('are the same on every shim of a cluster, and differ by session and cluster', () => {
    const { of, equal } = SESSION_PASSWORDS;
    const password = of('one', 7n);
    expect(password).toHaveLength(16);
    expect(equal(password, of('one', 7n))).toBe(true);
    expect([of('one', 8n), of('two', 7n), password.subarray(1)].map((other) => equal(password, other))).toEqual([
      false,
      false,
      false,
    ]);
    expect(of('one', -1n)).toHaveLength(16);
  });
});
