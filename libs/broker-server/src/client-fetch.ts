import type { BrokerTraffic } from './broker-traffic';
import type { FetchOutcome, FetchRequest } from './fetch-request';
import type { HostedPartitions } from './hosted-partitions';
import type { ParkedFetches } from './parked-fetches';
import type { Partition } from './partition';
import { failedFetch, readForClient } from './read-for-client';

/** What a client's fetch works on. */
export interface ClientFetchContext {
  readonly hosted: HostedPartitions;
  readonly parked: ParkedFetches;
  readonly traffic: BrokerTraffic;
}

/** Carries out a client's fetch: answers at once when there is enough to tell, else parks. `respond` runs once. */
export function clientFetch(
  context: ClientFetchContext,
  request: FetchRequest,
  respond: (outcomes: readonly FetchOutcome[]) => void,
): void {
  const answer = (outcomes: readonly FetchOutcome[]): void => {
    countOutcomes(context, outcomes);
    respond(outcomes);
  };
  const first = readAll(context.hosted, request);
  const missingBytes = request.minBytes - first.bytes;
  if (request.maxWaitMs === 0 || missingBytes <= 0 || first.isDecided || request.entries.length === 0) {
    answer(first.outcomes);
    return;
  }
  const wait = { missingBytes, waitMs: request.maxWaitMs };
  context.parked.park(first.partitions, wait, () => answer(readAll(context.hosted, request).outcomes));
}

function countOutcomes({ hosted, traffic }: ClientFetchContext, outcomes: readonly FetchOutcome[]): void {
  for (const { topicPartition, topicId, error, records } of outcomes) {
    const { topic } = topicPartition;
    if (error === 'NONE') traffic.fetched(topic, records.length);
    else traffic.fetchFailed(hosted.find(topicPartition, topicId).found ? topic : undefined);
  }
}

interface ReadAll {
  readonly outcomes: FetchOutcome[];
  readonly partitions: readonly Partition[];
  readonly bytes: number;
  /** An entry failed or diverged: waiting would not help. */
  readonly isDecided: boolean;
}

function readAll(hosted: HostedPartitions, { entries, maxBytes }: FetchRequest): ReadAll {
  const partitions: Partition[] = [];
  let bytes = 0;
  let isDecided = false;
  const outcomes = entries.map((entry) => {
    const lookup = hosted.find(entry.topicPartition, entry.topicId);
    if (!lookup.found) {
      isDecided = true;
      const { error, currentLeader } = lookup;
      return { ...failedFetch(entry, error), ...(currentLeader === undefined ? {} : { currentLeader }) };
    }
    partitions.push(lookup.partition);
    const outcome = readForClient(lookup.partition, entry, { bytes: maxBytes - bytes, minOneBatch: bytes === 0 });
    bytes += outcome.records.length;
    isDecided ||= outcome.error !== 'NONE' || outcome.divergingEpoch !== undefined;
    return outcome;
  });
  return { outcomes, partitions, bytes, isDecided };
}
