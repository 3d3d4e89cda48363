import { ShimScene } from './testing/shim-scene';

describe('the handshake', () => {
  it('gives a session, its timeout brought within bounds, and says read-only only to who asked', async () => {
    const scene = await ShimScene.started();
    const first = scene.client().connect({ timeoutMs: 1 });
    expect(first).toMatchObject({ timeoutMs: 1_000 });
    expect(first).not.toHaveProperty('readOnly');
    const second = scene.client().connect({ timeoutMs: 99_999, readOnly: false });
    expect(second).toMatchObject({ timeoutMs: 10_000, readOnly: false });
    expect(second?.sessionId).not.toBe(first?.sessionId);
    expect([first?.password.length, (first?.sessionId ?? 0n) >> 56n]).toEqual([16, 3n]);
  });

  it('resumes a session at another shim of the cluster, and closes its former connection at the same one', async () => {
    const [here, there] = [await ShimScene.started(), await ShimScene.started()];
    const client = here.client();
    const { sessionId, password } = client.connect()!;
    expect(there.client().connect({ sessionId, password })).toMatchObject({ sessionId });
    expect(client.isClosed).toBe(false);
    expect(here.client().connect({ sessionId, password })).toMatchObject({ sessionId });
    expect(client.isClosed).toBe(true);
  });

  it('tells a wrong password that the session expired, without disturbing its owner', async () => {
    const scene = await ShimScene.started();
    const owner = scene.client();
    const { sessionId } = owner.connect()!;
    const thief = scene.client();
    expect(thief.connect({ sessionId, password: Buffer.alloc(16) })).toEqual({
      timeoutMs: 0,
      sessionId: 0n,
      password: Buffer.alloc(16),
    });
    expect([thief.isClosed, owner.isClosed]).toEqual([true, false]);
  });

  it('does not resume a session that its client closed', async () => {
    const scene = await ShimScene.started();
    const client = scene.client();
    const { sessionId, password } = client.connect()!;
    expect(client.ask('closeSession')).toMatchObject({ error: 0 });
    expect(client.isClosed).toBe(true);
    expect(scene.client().connect({ sessionId, password })).toMatchObject({ timeoutMs: 0, sessionId: 0n });
  });

  it('waits a little for what the client has seen elsewhere', async () => {
    const scene = await ShimScene.started();
    const client = scene.client();
    scene.hold();
    scene.fence(1);
    expect(client.connect({ lastZxidSeen: BigInt(scene.zxid) })).toBeUndefined();
    await scene.time.advance(100);
    scene.release();
    await scene.time.resolve(client.settled());
    expect(client.connected()).toMatchObject({ timeoutMs: 6_000 });
  });

  it('does not resume a session that was closed while it waited', async () => {
    const scene = await ShimScene.started();
    const owner = scene.client();
    const { sessionId, password } = owner.connect()!;
    scene.hold();
    scene.fence(1);
    const late = scene.client();
    expect(late.connect({ sessionId, password, lastZxidSeen: BigInt(scene.zxid) })).toBeUndefined();
    owner.ask('closeSession');
    scene.release();
    await scene.time.resolve(late.settled());
    expect(late.connected()).toMatchObject({ timeoutMs: 0, sessionId: 0n });
  });

  it.each([1_000n, 1n << 60n])('sends a client away without an answer that has seen zxid %s', async (lastZxidSeen) => {
    const scene = await ShimScene.started();
    const client = scene.client();
    expect(client.connect({ lastZxidSeen })).toBeUndefined();
    await scene.time.advance(2_100);
    await scene.time.resolve(client.settled());
    expect([client.connected(), client.isClosed]).toEqual([undefined, true]);
  });

  it('closes what sends something else', async () => {
    const scene = await ShimScene.started();
    const client = scene.client();
    client.sendPacket(Buffer.from('nonsense'));
    expect(client.isClosed).toBe(true);
  });

  it('closes a connection that never shakes hands, and a client that falls silent', async () => {
    const scene = await ShimScene.started();
    const [mute, silent, lively] = [scene.client(), scene.client(), scene.client()];
    silent.connect({ timeoutMs: 2_000 });
    lively.connect({ timeoutMs: 2_000 });
    for (let seconds = 0; seconds < 11; seconds += 1) {
      await scene.time.advance(1_000);
      lively.ask('ping', undefined, -2);
      expect(silent.isClosed).toBe(seconds >= 2);
    }
    expect([mute.isClosed, lively.isClosed]).toEqual([true, false]);
  });
});
