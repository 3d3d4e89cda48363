import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layOutCluster } from './dev-layout';
import type { DevOptions } from './dev-options';
import { readDevState, writeDevState } from './dev-state';

describe('layOutCluster', () => {
  let data: string;
  beforeEach(() => (data = mkdtempSync(join(tmpdir(), 'milena-dev-'))));
  afterEach(() => rmSync(data, { recursive: true }));

  const options = (more: Partial<DevOptions> = {}): DevOptions => {
    return { controllers: 1, brokers: 1, data, anyPort: true, json: true, set: [], ...more };
  };

  it('numbers controllers from 101 and brokers from 1, and gives each listener a port of its own', async () => {
    const state = await layOutCluster(options({ controllers: 3, brokers: 3 }));
    expect(state.controllers.map(({ id }) => id)).toEqual([101, 102, 103]);
    expect(state.brokers.map(({ id }) => id)).toEqual([1, 2, 3]);
    const ports = [...state.controllers, ...state.brokers].flatMap(({ listeners }) => Object.values(listeners));
    expect(new Set(ports).size).toBe(9);
  });

  it('keeps ids, ports and cluster when it is started again, and adds brokers', async () => {
    const first = await layOutCluster(options());
    const second = await layOutCluster(options({ brokers: 2 }));
    expect(second).toMatchObject({ clusterId: first.clusterId, controllers: first.controllers });
    expect(second.brokers[0]).toEqual(first.brokers[0]);
    expect(second.brokers).toHaveLength(2);
    await layOutCluster(options());
    expect(readDevState(data)?.brokers).toEqual(second.brokers);
  });

  it('refuses another number of controllers than the quorum was made of', async () => {
    await layOutCluster(options({ controllers: 3 }));
    await expect(layOutCluster(options())).rejects.toThrow('start it with --controllers 3');
  });

  it('names a taken port and who needs it', async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    const { port } = squatter.address() as AddressInfo;
    const state = await layOutCluster(options());
    writeDevState(data, { ...state, brokers: [{ id: 1, listeners: { PLAINTEXT: `127.0.0.1:${port}` } }] });
    const message = `port ${port} is taken, which the listener PLAINTEXT of broker 1 needs; stop what uses it, or start with --any-port`;
    await expect(layOutCluster(options())).rejects.toThrow(message);
    squatter.close();
  });
});
