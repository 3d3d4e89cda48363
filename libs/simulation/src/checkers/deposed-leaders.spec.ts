import { voteRpc } from '@milena/cluster-protocol';
import { ZERO_UUID } from '@milena/model';
import type { ServiceHost, UnaryHandler } from '@milena/platform';
import { createWorld } from '../world';
import { DeposedLeaders } from './deposed-leaders';

const ASKED = voteRpc.encodeRequest({
  type: 'vote',
  clusterId: ZERO_UUID,
  voter: { id: 101 },
  epoch: 7,
  candidate: { id: 102 },
  lastEpoch: 1,
  lastOffset: 10,
  preVote: false,
} as Parameters<typeof voteRpc.encodeRequest>[0]);

/** A node that was asked about epoch 7 and still leads `epoch` so much later. */
async function verdict(epoch: number, laterMs: number, wokenMs = 0): Promise<string | undefined> {
  const world = createWorld(1);
  const deposed = new DeposedLeaders(world);
  let served: UnaryHandler | undefined;
  const host: ServiceHost = { stream() {}, unary: (_method, handler) => (served = handler) };
  deposed.watch(101, host).unary(voteRpc.method, () => ({ ok: true, value: new Uint8Array() }) as never);
  await served?.(ASKED, {} as never);
  await world.time.runUntil(() => false, laterMs);
  deposed.leads(101, epoch, wokenMs);
  return world.violation?.invariant;
}

it('finds who leads on though told of a newer epoch', async () => {
  expect(await verdict(6, 1000)).toBe('R12 a newer epoch ends a leadership');
});

it('bears a moment, a stopped process, and who leads the newer one', async () => {
  expect(await verdict(6, 100)).toBeUndefined();
  expect(await verdict(6, 1000, 900)).toBeUndefined();
  expect(await verdict(7, 1000)).toBeUndefined();
});
