import type { ChannelFailure } from '@milena/platform';
import { createGrpcConnector } from './grpc-connector';

/** Hosts that a peer may have told us and that no connection can be tried to. */
const NO_HOSTS = ['a\nb', 'a\0'];

describe('an endpoint whose host cannot be', () => {
  it.each(NO_HOSTS)('fails the calls to %j and nothing else', async (host) => {
    const channel = createGrpcConnector().connect({ host, port: 9093 }, 'test');
    const outcome = await channel.unary('/a.B/C', new Uint8Array(), { timeoutMs: 1000 });
    expect(outcome).toMatchObject({ ok: false, error: { reason: 'timeout' } });
    const failure = await new Promise<ChannelFailure | undefined>((resolve) => {
      channel.openStream('/a.B/C', { onMessage() {}, onClosed: resolve });
    });
    expect(failure?.reason).toBe('timeout');
    channel.close();
  });

  it.each(NO_HOSTS)('does not count as %j refusing connections', async (host) => {
    expect(await createGrpcConnector().refuses({ host, port: 9094 }, 1000)).toBe(false);
  });
});
