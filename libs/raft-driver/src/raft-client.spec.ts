import { silentLogger, type Channel, type Connector } from '@milena/platform';
import { createVirtualTime } from '@milena/platform/testing';
import type { OutgoingRequest } from '@milena/raft';
import { createRaftClient } from './raft-client';

/** Endpoints that nobody listens at, and how many channels to them are open. */
function nowhere(): { readonly connector: Connector; open(): number } {
  let open = 0;
  const connect = (): Channel => {
    open += 1;
    return {
      unary: () => Promise.resolve({ ok: false, error: { reason: 'status', message: 'not here' } }),
      openStream: () => ({ send: () => {}, end: () => {}, cancel: () => {} }) as never,
      isConnected: true,
      close: () => (open -= 1),
    };
  };
  return { connector: { connect, refuses: () => Promise.resolve(false) }, open: () => open };
}

it('keeps connections to the endpoints used last only, and ends none that is in use', async () => {
  const { connector, open } = nowhere();
  const failed: number[] = [];
  const client = createRaftClient({
    connector,
    timers: createVirtualTime().timers,
    logger: silentLogger,
    handlers: {
      onResponse: () => {},
      onFailure: ({ correlationId }) => failed.push(correlationId),
      onPeerSuspected: () => {},
    },
  });
  const ask = (port: number): void => {
    const request = { type: 'describeQuorum' } as const;
    const endpoint = { host: 'moved', port };
    client.send({ nodeId: 1, endpoint, correlationId: port, request, timeoutMs: 1000 } satisfies OutgoingRequest);
  };
  for (let port = 1; port <= 100; port += 1) ask(port);
  expect(open()).toBe(100);
  await new Promise((resolve) => setImmediate(resolve));
  expect(failed).toHaveLength(100);
  for (let port = 101; port <= 200; port += 1) {
    ask(port);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(failed).toHaveLength(200);
  expect(open()).toBe(64);
  client.close();
  expect(open()).toBe(0);
});
