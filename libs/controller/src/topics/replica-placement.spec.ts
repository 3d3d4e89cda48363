import fc from 'fast-check';
import { placeReplicas, type PlacementBroker } from './replica-placement';

/** A draw that repeats for the same seed. */
function drawFrom(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * bound);
  };
}

/** Racks of equal size, all brokers usable. */
const evenCluster = fc
  .record({ racks: fc.integer({ min: 1, max: 5 }), perRack: fc.integer({ min: 1, max: 4 }), seed: fc.nat() })
  .chain(({ racks, perRack, seed }) =>
    fc.record({
      seed: fc.constant(seed),
      racks: fc.constant(racks),
      partitions: fc.integer({ min: 1, max: 60 }),
      replicationFactor: fc.integer({ min: 1, max: racks * perRack }),
      brokers: fc.constant(
        Array.from({ length: racks * perRack }, (_, id): PlacementBroker => ({
          id,
          rack: `r${id % racks}`,
          usable: true,
        })),
      ),
    }),
  );

function spread(counts: readonly number[]): number {
  return Math.max(...counts) - Math.min(...counts);
}

describe('placing replicas', () => {
  it('gives each partition distinct brokers, spread over as many racks as there are', () => {
    fc.assert(
      fc.property(evenCluster, ({ seed, racks, ...request }) => {
        const rackOf = (id: number) => request.brokers[id]?.rack;
        for (const replicas of placeReplicas({ ...request, draw: drawFrom(seed) })) {
          expect(new Set(replicas).size).toBe(request.replicationFactor);
          const inRack = [...new Set(replicas.map(rackOf))].map(
            (rack) => replicas.filter((id) => rackOf(id) === rack).length,
          );
          expect(inRack.length).toBe(Math.min(racks, request.replicationFactor));
          expect(spread(inRack)).toBeLessThanOrEqual(1);
        }
      }),
      { seed: 7, numRuns: 200 },
    );
  });

  it('spreads leaders evenly, and replicas nearly so', () => {
    fc.assert(
      fc.property(evenCluster, ({ seed, brokers, partitions, replicationFactor }) => {
        const placed = placeReplicas({ brokers, partitions, replicationFactor, draw: drawFrom(seed) });
        const count = (ids: number[]) => brokers.map(({ id }) => ids.filter((each) => each === id).length);
        expect(spread(count(placed.map(([leader]) => leader!)))).toBeLessThanOrEqual(1);
        expect(spread(count(placed.flat()))).toBeLessThanOrEqual(3);
      }),
      { seed: 8, numRuns: 200 },
    );
  });

  it('lets no broker lead that is fenced, and gives it replicas only when there are too few others', () => {
    const brokers = [1, 2, 3, 4].map((id) => ({ id, rack: `r${id}`, usable: id <= 2 }));
    const placed = placeReplicas({ brokers, partitions: 20, replicationFactor: 3, draw: drawFrom(1) });
    for (const [leader, second, third] of placed) {
      expect([leader!, second!].sort()).toEqual([1, 2]);
      expect(third).toBeGreaterThan(2);
    }
    const enough = placeReplicas({ brokers, partitions: 20, replicationFactor: 2, draw: drawFrom(1) });
    expect(enough.flat().every((id) => id <= 2)).toBe(true);
  });

  it('does not form fixed groups: a leader shares its partitions with every other broker', () => {
    const brokers = [1, 2, 3, 4, 5, 6].map((id) => ({ id, usable: true }));
    const placed = placeReplicas({ brokers, partitions: 120, replicationFactor: 3, draw: drawFrom(3) });
    const sharing = new Set(placed.filter(([leader]) => leader === 1).flat());
    expect(sharing.size).toBe(6);
  });

  it('starts where the draw says, so that small topics do not all land on one broker', () => {
    const brokers = [1, 2, 3].map((id) => ({ id, usable: true }));
    const first = (index: number) => placeReplicas({ brokers, partitions: 1, replicationFactor: 1, draw: () => index });
    expect([first(0), first(1), first(2)]).toEqual([[[1]], [[2]], [[3]]]);
  });
});
