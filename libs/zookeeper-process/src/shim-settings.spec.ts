import { loadConfig } from '@milena/config';
import { shimSettings } from './shim-settings';

function load(tickTimeMs: number) {
  const overrides = [
    'process.roles=zookeeper',
    'node.id=301',
    'controller.listener.names=CONTROLLER',
    'controller.quorum.bootstrap.servers=127.0.0.1:1',
    'log.dirs=/tmp/shim',
    `zookeeper.tick.time.ms=${tickTimeMs}`,
  ];
  return loadConfig({ environment: {}, hostname: 'h', overrides });
}

describe('the settings of a shim', () => {
  it('derive session timeouts from the tick, and no tick makes them too long for the wire', () => {
    const [usual, longest, tooLong] = [load(2_000), load(100_000_000), load(100_000_001)];
    if (!usual.ok || !longest.ok) throw new Error('both can be had');
    expect(shimSettings(usual.config).sessionTimeouts).toEqual({ minMs: 4_000, maxMs: 40_000 });
    expect(shimSettings(longest.config).sessionTimeouts.maxMs).toBeLessThan(2 ** 31);
    expect(tooLong.ok).toBe(false);
  });
});
