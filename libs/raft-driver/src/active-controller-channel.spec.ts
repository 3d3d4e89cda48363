import { type Endpoint, failure, success } from '@milena/model';
import { silentLogger } from '@milena/platform';
import {
  createMemoryNetwork,
  createSeededRandom,
  createVirtualTime,
  type MemoryServer,
} from '@milena/platform/testing';
import { createActiveControllerChannel } from './active-controller-channel';
import type { LeaderInfo } from './metadata-log';

const METHOD = '/milena.controller.v1.ControllerService/CreateTopics';
const REQUEST = new Uint8Array([1, 2, 3]);
const endpointOf = (nodeId: number): Endpoint => ({ host: `controller-${nodeId}`, port: 9093 });

function setUp(bootstrap: readonly number[]) {
  const time = createVirtualTime();
  const random = createSeededRandom(3);
  const network = createMemoryNetwork({ clock: time.clock, timers: time.timers, random });
  let leader: LeaderInfo = { leaderId: undefined, epoch: 1 };
  let activeId: number | undefined;
  const calls: number[] = [];
  const askedBy = new Map<number, number[]>();
  const client = network.join('broker-1');
  const channel = createActiveControllerChannel({
    platform: { clock: time.clock, timers: time.timers, random, logger: silentLogger },
    connector: client.connector,
    metadataLog: { leader: () => leader },
    bootstrap: bootstrap.map(endpointOf),
  });
  const serve = (nodeId: number): { server: MemoryServer; crash(): void } => {
    const process = network.join(`controller-${nodeId}`);
    const server = process.server(9093);
    server.unary(METHOD, ([id = 0]) => {
      calls.push(nodeId);
      askedBy.set(id, [...(askedBy.get(id) ?? []), nodeId]);
      const answer = nodeId === activeId ? success(Buffer.from(`by ${nodeId}`)) : failure('NOT_CONTROLLER', 'not me');
      return Promise.resolve(answer);
    });
    server.start();
    return { server, crash: () => process.crash() };
  };
  const call = (timeoutMs = 2000) => time.resolve(channel.unary(METHOD, REQUEST, timeoutMs), timeoutMs + 100);
  return {
    time,
    network,
    channel,
    calls,
    askedBy,
    serve,
    call,
    activate: (nodeId: number | undefined) => (activeId = nodeId),
    know: (leaderId: number) => (leader = { leaderId, epoch: leader.epoch + 1, endpoint: endpointOf(leaderId) }),
  };
}

const text = (outcome: Awaited<ReturnType<ReturnType<typeof setUp>['call']>>): string =>
  outcome.ok ? Buffer.from(outcome.value).toString() : `${outcome.error.reason}: ${outcome.error.message}`;

it('calls the leader that the metadata log names, and nobody else', async () => {
  const { serve, activate, know, call, calls } = setUp([1, 2]);
  [1, 2, 3].forEach(serve);
  activate(3);
  know(3);
  expect(text(await call())).toBe('by 3');
  expect(calls).toEqual([3]);
});

it('finds the active controller among the bootstrap servers while no leader is known', async () => {
  const { serve, activate, call, calls } = setUp([1, 2, 3]);
  [1, 2, 3].forEach(serve);
  activate(2);
  expect(text(await call())).toBe('by 2');
  expect(calls.length).toBeLessThanOrEqual(3);
});

it('lets no concurrent call take the turn of another: each asks every bootstrap server within one round', async () => {
  const { serve, activate, time, channel, askedBy } = setUp([1, 2, 3, 4, 5]);
  [1, 2, 3, 4, 5].forEach(serve);
  activate(3);
  const answers = Array.from({ length: 20 }, (_, id) => channel.unary(METHOD, new Uint8Array([id]), 2000));
  for (const answer of answers) expect(text(await time.resolve(answer))).toBe('by 3');
  for (const nodeIds of askedBy.values()) expect(nodeIds).toEqual([...new Set(nodeIds)]);
});

it('asks first whoever answered the last call', async () => {
  const { serve, activate, call, calls } = setUp([1, 2, 3]);
  [1, 2, 3].forEach(serve);
  activate(2);
  await call();
  calls.length = 0;
  expect(text(await call())).toBe('by 2');
  expect(text(await call())).toBe('by 2');
  expect(calls).toEqual([2, 2]);
});

it('asks the others when the known leader is gone, and follows the metadata log as soon as it knows better', async () => {
  const { serve, activate, know, call, time, channel, calls } = setUp([1, 2]);
  serve(2);
  know(1);
  const answer = channel.unary(METHOD, REQUEST, 2000);
  await time.advance(100);
  serve(3);
  activate(3);
  know(3);
  const outcome = await time.resolve(answer);
  expect(text(outcome)).toBe('by 3');
  expect(calls).toContain(2);
  expect(text(await call())).toBe('by 3');
});

it('does not send a call again whose connection broke, because it may have been carried out', async () => {
  const { network, time, channel, know } = setUp([]);
  const controller = network.join('controller-1');
  const server = controller.server(9093);
  let carriedOut = 0;
  server.unary(METHOD, () => {
    carriedOut++;
    return new Promise(() => {});
  });
  server.start();
  know(1);
  const answer = channel.unary(METHOD, REQUEST, 2000);
  await time.advance(50);
  controller.crash();
  const outcome = await time.resolve(answer);
  expect(outcome.ok ? undefined : outcome.error.reason).toBe('reset');
  expect(carriedOut).toBe(1);
});

it("hands on a controller's refusal of the request itself", async () => {
  const { network, time, channel, know } = setUp([]);
  const server = network.join('controller-1').server(9093);
  server.unary(METHOD, () => Promise.resolve(failure('INVALID_REQUEST', 'no such thing')));
  server.start();
  know(1);
  const outcome = await time.resolve(channel.unary(METHOD, REQUEST, 2000));
  expect(outcome.ok ? undefined : outcome.error.failure?.code).toBe('INVALID_REQUEST');
});

it('gives up within its time when nobody is the active controller', async () => {
  const { serve, time, channel } = setUp([1]);
  serve(1);
  const start = time.nowMs();
  const outcome = await time.resolve(channel.unary(METHOD, REQUEST, 500), 1000);
  expect(outcome.ok).toBe(false);
  expect(time.nowMs() - start).toBeLessThanOrEqual(760);
  expect(time.nowMs() - start).toBeGreaterThanOrEqual(500);
});

it('reaches a controller that was restarted since the last call', async () => {
  const { serve, activate, know, call } = setUp([]);
  const first = serve(1);
  activate(1);
  know(1);
  expect(text(await call())).toBe('by 1');
  first.crash();
  serve(1);
  const second = await call();
  const third = second.ok ? second : await call();
  expect(text(third)).toBe('by 1');
});

it('cancels what is under way when closed', async () => {
  const { serve, time, channel } = setUp([1]);
  serve(1);
  const answer = channel.unary(METHOD, REQUEST, 5000);
  await time.advance(30);
  channel.close();
  const outcome = await time.resolve(answer, 1000);
  expect(outcome.ok ? undefined : outcome.error.reason).toBe('cancelled');
});
