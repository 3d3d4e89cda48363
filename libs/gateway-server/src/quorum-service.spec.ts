import { addVoterRpc, removeVoterRpc } from '@milena/cluster-protocol';
import { success } from '@milena/model';
import type { AddVoterRequest } from '@milena/raft';
import { GatewayScene, served, testUuid } from './testing/gateway-scene';

const facts = { error: 'NONE', epoch: 3, leaderId: 101 } as const;
const newcomer = { nodeId: 104, directoryId: testUuid(4), host: 'new', port: 9093, timeoutMs: 900 };

describe('changes of voters', () => {
  it('has the leader add a voter', async () => {
    const scene = await GatewayScene.with();
    let asked: AddVoterRequest | undefined;
    const answer = served(addVoterRpc, (request) => {
      asked = request;
      return success({ type: 'addVoter', ...facts });
    });
    scene.server('controller', 9093, answer);
    expect(await scene.call('QuorumService/AddVoter', newcomer)).toEqual({});
    expect(asked).toEqual({
      type: 'addVoter',
      voter: { id: 104, directoryId: testUuid(4) },
      endpoint: { host: 'new', port: 9093 },
      timeoutMs: 900,
      ackWhenCommitted: true,
    });
  });

  it("gives the leader's refusal", async () => {
    const scene = await GatewayScene.with();
    const refusal = { type: 'removeVoter', ...facts, error: 'VOTER_NOT_FOUND', message: 'no such voter' } as const;
    scene.server(
      'controller',
      9093,
      served(removeVoterRpc, () => success(refusal)),
    );
    const request = { nodeId: 104, directoryId: testUuid(4) };
    expect((await scene.call('QuorumService/RemoveVoter', request)).failure).toMatchObject({
      code: 'VOTER_NOT_FOUND',
      message: 'no such voter',
    });
  });

  it.each([
    ['directory_id', { ...newcomer, directoryId: 'x' }],
    ['host', { ...newcomer, host: '' }],
    ['port', { ...newcomer, port: 70_000 }],
    ['timeout_ms', { ...newcomer, timeoutMs: -1 }],
  ])('refuses a request with a bad %s before it asks anybody', async (field, request) => {
    const scene = await GatewayScene.with();
    expect((await scene.call('QuorumService/AddVoter', request)).failure?.violations).toMatchObject([{ field }]);
  });
});
