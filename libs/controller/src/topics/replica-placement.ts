/** A broker that replicas can be placed on. */
export interface PlacementBroker {
  readonly id: number;
  /** Brokers without a rack count as one rack of their own kind. */
  readonly rack?: string;
  /** Fenced or leaving: leads nothing, and gets replicas only when there are too few others. */
  readonly usable: boolean;
}

/** What to place. */
export interface PlacementRequest {
  readonly partitions: number;
  /** At most the number of brokers; at least one broker is usable. */
  readonly replicationFactor: number;
  readonly brokers: readonly PlacementBroker[];
  /** Replicas of the partitions the topic has already, which count when balancing. */
  readonly placed?: readonly (readonly number[])[];
  /** A uniform integer in [0, bound). */
  draw(bound: number): number;
}

interface Candidate extends PlacementBroker {
  leaders: number;
  replicas: number;
}

/**
 * Chooses replicas for each new partition of a topic, the preferred leader first. Leaders go round the usable brokers, so
 * that their counts differ by at most one. Followers go to usable brokers first, then to racks the partition has fewest
 * replicas in, then to brokers with fewest replicas of the topic. What is still equal is drawn, so that partitions do
 * not form fixed groups of brokers and topics do not all begin with the same one.
 */
export function placeReplicas({
  partitions,
  replicationFactor,
  brokers,
  placed = [],
  draw,
}: PlacementRequest): number[][] {
  const candidates: Candidate[] = brokers.map((broker) => ({
    ...broker,
    leaders: placed.filter(([leader]) => leader === broker.id).length,
    replicas: placed.filter((replicas) => replicas.includes(broker.id)).length,
  }));
  const usable = candidates.filter((candidate) => candidate.usable);
  return Array.from({ length: partitions }, () => {
    const leader = smallest(usable, draw, [({ leaders }) => leaders, ({ replicas }) => replicas]);
    leader.leaders++;
    const chosen = [leader];
    const racks = new Map<string | undefined, number>([[leader.rack, 1]]);
    while (chosen.length < replicationFactor) {
      const next = smallest(candidates, draw, [
        (each) => (chosen.includes(each) ? 1 : 0),
        (each) => (each.usable ? 0 : 1),
        (each) => racks.get(each.rack) ?? 0,
        ({ replicas }) => replicas,
      ]);
      racks.set(next.rack, (racks.get(next.rack) ?? 0) + 1);
      chosen.push(next);
    }
    for (const candidate of chosen) candidate.replicas++;
    return chosen.map(({ id }) => id);
  });
}

/** The item that is smallest by the first measure, among those by the second and so on; a draw decides between equals. */
function smallest<T>(
  items: readonly T[],
  draw: (bound: number) => number,
  measures: readonly ((item: T) => number)[],
): T {
  const best: T[] = [];
  for (const item of items) {
    const [first] = best;
    const order = first === undefined ? 0 : compare(item, first, measures);
    if (order > 0) continue;
    if (order < 0) best.length = 0;
    best.push(item);
  }
  return best[best.length > 1 ? draw(best.length) : 0] as T;
}

function compare<T>(left: T, right: T, measures: readonly ((item: T) => number)[]): number {
  for (const measure of measures) {
    const difference = measure(left) - measure(right);
    if (difference !== 0) return difference;
  }
  return 0;
}
