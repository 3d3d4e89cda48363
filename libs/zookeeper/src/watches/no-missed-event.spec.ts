import fc from 'fast-check';
import { offset, ZERO_UUID } from '@milena/model';
import { ProjectedTree } from '../projection/projected-tree';
import type { SetWatchesRequest } from '../protocol/request';
import type { WatchEvent } from '../protocol/watch-event';
import { LogWriter, type WrittenBatch } from '../testing/log-writer';
import type { ZnodeEvent } from '../tree/znode';
import { catchUpWatches } from './missed-events';
import { WatchRegistry } from './watch-registry';

const IDS = '/brokers/ids';
const BROKER = '/brokers/ids/1';

/** A shim that applies a shared log at its own pace. */
class Shim {
  readonly tree = new ProjectedTree({ clusterId: 'c', hiddenListener: 'INTERNAL' });
  readonly watches = new WatchRegistry<Client>({ watcherBytesMax: 10_000, totalBytesMax: 10_000 });
  #applied = 0;

  apply(log: readonly WrittenBatch[], upTo: number): void {
    for (; this.#applied < upTo; this.#applied += 1) {
      const events: ZnodeEvent[] = [];
      this.tree.apply(log[this.#applied]!, (event) => events.push(event));
      for (const event of events) this.watches.fire(event, (client, told) => client.told(told));
    }
  }
}

/** A client that keeps what it watches in a cache and looks again only when it is told to. */
class Client {
  ids: readonly string[] | undefined;
  /** czxid of the broker's znode; undefined when there is none. */
  broker: number | undefined;
  #lastZxid = 0;
  #shim: Shim | undefined;
  #isWatching = { ids: false, broker: false };
  toldCount = 0;

  told({ path }: WatchEvent): void {
    this.toldCount += 1;
    if (path === IDS) this.#isWatching.ids = false;
    else this.#isWatching.broker = false;
  }

  /** Reads again what it was told of, and watches it. */
  look(): void {
    const shim = this.#shim;
    if (shim === undefined) return;
    if (!this.#isWatching.ids) {
      shim.watches.add(this, 'child', IDS);
      this.ids = shim.tree.find(IDS)?.childNames();
    }
    if (!this.#isWatching.broker) {
      shim.watches.add(this, 'data', BROKER);
      this.broker = shim.tree.find(BROKER)?.history.created.zxid;
    }
    this.#isWatching = { ids: true, broker: true };
    this.#lastZxid = shim.tree.lastZxid;
  }

  leave(): void {
    this.#shim?.watches.forget(this);
    this.#shim = undefined;
  }

  /** Goes to a shim and sets its watches again; not to one that has seen less than itself. */
  join(shim: Shim): void {
    if (shim.tree.lastZxid < this.#lastZxid) return;
    this.leave();
    this.#shim = shim;
    const request: SetWatchesRequest = {
      operation: 'setWatches',
      relativeZxid: BigInt(this.#lastZxid),
      data: this.#isWatching.broker && this.broker !== undefined ? [BROKER] : [],
      exist: this.#isWatching.broker && this.broker === undefined ? [BROKER] : [],
      child: this.#isWatching.ids ? [IDS] : [],
      persistent: [],
      persistentRecursive: [],
    };
    const { missed, armed } = catchUpWatches(shim.tree, request);
    for (const { kind, path } of armed) shim.watches.add(this, kind, path);
    for (const event of missed) this.told(event);
  }
}

function writeChange(
  log: LogWriter,
  change: 'register' | 'fence' | 'unfence' | 'nothing',
  brokerId: number,
): WrittenBatch {
  const broker = log.image.broker(brokerId);
  if (change === 'register' || (broker === undefined && change !== 'nothing')) {
    const none = { listeners: [], features: [], logDirectories: [] };
    const state = { incarnationId: ZERO_UUID, fenced: brokerId === 2, inControlledShutdown: false };
    return log.batch([{ type: 'RegisterBrokerRecord', brokerId, ...state, ...none }]);
  }
  if (change === 'nothing') return log.batch([{ type: 'NoOpRecord' }]);
  const brokerEpoch = broker?.epoch ?? offset(0);
  return log.batch([{ type: 'BrokerRegistrationChangeRecord', brokerId, brokerEpoch, fenced: change === 'fence' }]);
}

const step = fc.oneof(
  fc.record({
    change: fc.constantFrom('register', 'fence', 'unfence', 'nothing'),
    brokerId: fc.constantFrom(1, 2),
  }),
  fc.record({ shim: fc.nat(1), behind: fc.nat(2) }),
  fc.record({ join: fc.nat(1) }),
  fc.constantFrom('look' as const, 'leave' as const),
);

describe('a client that moves between shims and looks only when it is told to', () => {
  it('ends up knowing what is true, whatever happened on the way, and is told no more than there was', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const log = new LogWriter();
        const written: WrittenBatch[] = [];
        const shims = [new Shim(), new Shim()] as const;
        const client = new Client();
        for (const each of steps) {
          if (each === 'look') client.look();
          else if (each === 'leave') client.leave();
          else if ('change' in each) written.push(writeChange(log, each.change, each.brokerId));
          else if ('shim' in each)
            shims[each.shim === 0 ? 0 : 1].apply(written, Math.max(0, written.length - each.behind));
          else client.join(shims[each.join === 0 ? 0 : 1]);
        }
        for (const shim of shims) shim.apply(written, written.length);
        client.join(shims[0]);
        client.look();
        const { tree } = shims[0];
        expect(client.ids).toEqual(tree.find(IDS)?.childNames());
        expect(client.broker).toBe(tree.find(BROKER)?.history.created.zxid);
        expect(client.toldCount).toBeLessThanOrEqual(2 * written.length);
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});
