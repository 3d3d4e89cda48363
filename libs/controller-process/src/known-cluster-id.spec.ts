import { describeQuorumRpc, voteRpc } from '@milena/cluster-protocol';
import { success } from '@milena/model';
import type { ServiceHost, UnaryHandler } from '@milena/platform';
import { withKnownClusterId } from './known-cluster-id';

const CLUSTER_ID = '5L6g3nShT-eMCtK--X86sw';
const OTHER_ID = 'MkU3OEVBNTcwNTJENDM2Qk';

/** Sends `request` through the wrapped host and gives what its handler was asked. */
async function handled(method: string, request: Uint8Array): Promise<Uint8Array> {
  const handlers = new Map<string, UnaryHandler>();
  const host: ServiceHost = { unary: (name, handler) => void handlers.set(name, handler), stream: () => undefined };
  withKnownClusterId(host, CLUSTER_ID).unary(method, (asked) => Promise.resolve(success(asked)));
  const outcome = await handlers.get(method)!(request, { peer: 'somebody' });
  return outcome.ok ? outcome.value : new Uint8Array();
}

describe('withKnownClusterId', () => {
  it.each([
    ['', CLUSTER_ID],
    [OTHER_ID, OTHER_ID],
  ])('hands cluster id %j of a DescribeQuorum on as %j', async (clusterId, asked) => {
    const request = describeQuorumRpc.encodeRequest({ type: 'describeQuorum', clusterId });
    expect(describeQuorumRpc.decodeRequest(await handled(describeQuorumRpc.method, request)).clusterId).toBe(asked);
  });

  it('leaves other calls and malformed bytes to their handlers', async () => {
    const garbage = Buffer.from('ffffff', 'hex');
    expect(await handled(voteRpc.method, garbage)).toBe(garbage);
    expect(await handled(describeQuorumRpc.method, garbage)).toBe(garbage);
  });
});
