import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEV_KINDS, MONITOR } from './dev-kinds';
import { layOutCluster } from './dev-layout';
import type { DevOptions } from './dev-options';
import { readDevState, writeDevState, type DevState } from './dev-state';

describe('layOutCluster', () => {
  let data: string;
  beforeEach(() => (data = mkdtempSync(join(tmpdir(), 'milena-dev-'))));
  afterEach(() => rmSync(data, { recursive: true }));

  const options = (more: Partial<DevOptions> = {}): DevOptions => {
    return {
      controllers: 1,
      brokers: 1,
      gateways: 1,
      shims: 1,
      data,
      anyPort: true,
      json: true,
      demo: false,
      set: [],
      ...more,
    };
  };

  const all = ({ controllers, brokers, gateways, shims }: DevState) => [controllers, brokers, gateways, shims].flat();

  it('numbers each kind from its own first id, and gives each listener a port of its own', async () => {
    const state = await layOutCluster(options({ controllers: 3, brokers: 3, gateways: 2, shims: 2 }));
    expect(all(state).map(({ id }) => id)).toEqual([101, 102, 103, 1, 2, 3, 201, 202, 301, 302]);
    const ports = all(state).flatMap(({ listeners }) => Object.values(listeners));
    expect(new Set(ports).size).toBe(3 * 2 + 3 * 3 + 2 * 2 + 2 * 3);
  });

  it('has different default ports for twelve services of each kind', () => {
    const ports = DEV_KINDS.flatMap((kind) =>
      Array.from({ length: 12 }, (_, index) => Object.values(kind.ports).map((port) => port + 100 * index)).flat(),
    );
    expect(new Set(ports).size).toBe(ports.length);
  });

  it('gives a cluster of before gateways and monitors what it lacks, and leaves the rest', async () => {
    const { clusterId, controllers, brokers } = await layOutCluster(options());
    const old = {
      clusterId,
      controllers: controllers.map(({ id, directoryId, listeners: { CONTROLLER } }) => {
        return { id, directoryId, listeners: { CONTROLLER } };
      }),
      brokers: brokers.map(({ id, listeners: { PLAINTEXT, INTERNAL } }) => ({
        id,
        listeners: { PLAINTEXT, INTERNAL },
      })),
    };
    writeFileSync(join(data, 'cluster.json'), JSON.stringify(old));
    const now = await layOutCluster(options());
    expect(now).toMatchObject(old);
    expect([...now.controllers, ...now.brokers].map(({ listeners }) => listeners[MONITOR])).not.toContain(undefined);
    expect([...now.gateways, ...now.shims].map(({ id }) => id)).toEqual([201, 301]);
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
