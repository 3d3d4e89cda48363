import { describeQuorumRpc } from '@milena/cluster-protocol';
import { type Endpoint, type ErrorName, failure, NO_NODE, success } from '@milena/model';
import { createMemoryNetwork, createSeededRandom, createVirtualTime } from '@milena/platform/testing';
import type { DescribeQuorumResponse } from '@milena/raft';
import { createQuorumLeaderChannel, type LeaderCall } from './quorum-leader-channel';

const endpointOf = (nodeId: number): Endpoint => ({ host: `controller-${nodeId}`, port: 9093 });

/** Controllers 1 to 3 of which `leaderId` leads; each tells what it is asked to tell. */
function setUp() {
  const time = createVirtualTime();
  const random = createSeededRandom(5);
  const network = createMemoryNetwork({ clock: time.clock, timers: time.timers, random });
  const platform = { clock: time.clock, timers: time.timers, random };
  const scene = { leaderId: NO_NODE, error: 'NONE' as ErrorName, isSilent: false, calls: [] as number[] };
  const channel = createQuorumLeaderChannel({
    platform,
    connector: network.join('cli').connector,
    bootstrap: [1, 2].map(endpointOf),
  });
  const serve = (nodeId: number) => {
    const process = network.join(`controller-${nodeId}`);
    const server = process.server(9093);
    server.unary(describeQuorumRpc.method, () => {
      scene.calls.push(nodeId);
      const { leaderId, isSilent } = scene;
      if (isSilent) return new Promise(() => undefined);
      const isLeader = nodeId === leaderId;
      const response: DescribeQuorumResponse = {
        type: 'describeQuorum',
        error: isLeader ? scene.error : 'NOT_LEADER_OR_FOLLOWER',
        epoch: 3,
        leaderId,
        clusterId: 'cluster',
        voters: [],
        observers: [],
        ...(leaderId === NO_NODE ? {} : { leaderEndpoint: endpointOf(leaderId) }),
      };
      return Promise.resolve(success(describeQuorumRpc.encodeResponse(response)));
    });
    server.start();
    return { process, server };
  };
  const ask = async (kind: LeaderCall['kind'], timeoutMs = 2_000) => {
    const asked = channel.ask(describeQuorumRpc, { type: 'describeQuorum' }, { kind, timeoutMs });
    const answer = await time.resolve(asked, timeoutMs + 100);
    return answer.ok ? answer.value.error : answer.error.code;
  };
  return { ...time, network, scene, serve, ask };
}

it('follows the hint of a controller that does not lead', async () => {
  const { scene, serve, ask } = setUp();
  [1, 3].forEach(serve);
  scene.leaderId = 3;
  expect(await ask('question')).toBe('NONE');
  expect(scene.calls).toEqual([1, 3]);
});

it("gives the leader's refusal as it is", async () => {
  const { scene, serve, ask } = setUp();
  serve(1);
  Object.assign(scene, { leaderId: 1, error: 'DUPLICATE_VOTER' });
  expect(await ask('change')).toBe('DUPLICATE_VOTER');
  expect(scene.calls).toEqual([1]);
});

it('passes over controllers that are gone', async () => {
  const { network, scene, serve, ask } = setUp();
  network.join('controller-1');
  serve(2);
  scene.leaderId = 2;
  expect(await ask('question')).toBe('NONE');
});

it('asks a question once of everybody, and keeps at a change until somebody leads', async () => {
  const { scene, serve, ask, timers } = setUp();
  [1, 2].forEach(serve);
  expect(await ask('question')).toBe('LEADER_NOT_AVAILABLE');
  expect(scene.calls).toEqual([1, 2]);
  timers.after(500, () => (scene.leaderId = 2));
  expect(await ask('change')).toBe('NONE');
  scene.leaderId = NO_NODE;
  expect(await ask('change')).toBe('LEADER_NOT_AVAILABLE');
});

it('repeats a read until somebody leads, be a controller silent or not sure that it leads', async () => {
  const { scene, serve, ask, timers } = setUp();
  [1, 2].forEach(serve);
  Object.assign(scene, { leaderId: 1, isSilent: true });
  timers.after(1_500, () => (scene.isSilent = false));
  expect(await ask('read', 4_000)).toBe('NONE');
  Object.assign(scene, { leaderId: 1, error: 'REQUEST_TIMED_OUT' });
  timers.after(500, () => Object.assign(scene, { leaderId: 2, error: 'NONE' }));
  expect(await ask('read', 4_000)).toBe('NONE');
  scene.leaderId = NO_NODE;
  expect(await ask('read')).toBe('LEADER_NOT_AVAILABLE');
});

it('asks a controller that said nothing once in a pass, whoever takes it for the leader', async () => {
  const { scene, serve, ask, network } = setUp();
  const silent = network.join('controller-1').server(9093);
  let asked = 0;
  silent.unary(describeQuorumRpc.method, () => {
    asked += 1;
    return new Promise(() => undefined);
  });
  silent.start();
  serve(2);
  scene.leaderId = 1;
  expect(await ask('question', 10_000)).toBe('LEADER_NOT_AVAILABLE');
  expect(asked).toBe(1);
});

it('does not repeat a change that may have been made', async () => {
  const { scene, serve, ask } = setUp();
  [1, 2].forEach(serve);
  Object.assign(scene, { leaderId: 1, isSilent: true });
  expect(await ask('change')).toBe('REQUEST_TIMED_OUT');
  expect(scene.calls).toEqual([1]);
});

it('goes on to the next controller when one does not serve at present', async () => {
  const { network, scene, serve, ask } = setUp();
  const stopping = network.join('controller-1').server(9093);
  stopping.unary(describeQuorumRpc.method, () => Promise.resolve(failure('BROKER_NOT_AVAILABLE', 'stopping')));
  stopping.start();
  serve(2);
  scene.leaderId = 2;
  expect(await ask('change')).toBe('NONE');
});
