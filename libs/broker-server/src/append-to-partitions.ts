import { addOffset, errorInfo, type Result } from '@milena/model';
import type { LogAppend } from '@milena/log-store';
import type { Clock, Tracer } from '@milena/platform';
import { validateProducedBatches } from '@milena/record-batch';
import type { AppendEntry, AppendOutcome, AppendRequest, RequiredAcks } from './append-request';
import { spanOfAppend, spanOfWait } from './append-spans';
import type { BrokerTraffic } from './broker-traffic';
import { failedAppend } from './failed-append';
import type { HostedPartitions } from './hosted-partitions';
import type { Partition } from './partition';
import type { AckWait, PendingAcks } from './pending-acks';
import type { PlantedBugs } from './planted-bugs';

/** What produce requests work on. */
export interface AppendContext {
  readonly hosted: HostedPartitions;
  readonly pendingAcks: PendingAcks;
  readonly traffic: BrokerTraffic;
  readonly tracer: Tracer;
  readonly clock: Clock;
  readonly plantedBugs: PlantedBugs;
}

/**
 * Carries out a produce request: every entry is checked and appended on its own; what is not yet acknowledged by as many
 * replicas as `acks` demands is parked. `respond` runs once.
 */
export function appendToPartitions(
  context: AppendContext,
  request: AppendRequest,
  respond: (outcomes: readonly AppendOutcome[]) => void,
): void {
  const { outcomes, waits } = spanOfAppend(context.tracer, request, () => appendAll(context, request));
  if (waits.length === 0 || request.acks === 0) respond(outcomes);
  else context.pendingAcks.park(outcomes, waits, request.timeoutMs, spanOfWait(context.tracer, request, respond));
}

interface Appended {
  readonly outcomes: AppendOutcome[];
  readonly waits: readonly AckWait[];
}

function appendAll(context: AppendContext, request: AppendRequest): Appended {
  const outcomes: AppendOutcome[] = [];
  const waits: AckWait[] = [];
  for (const [index, entry] of request.entries.entries()) {
    const { outcome, partition, endOffset } = appendEntry(context, entry, request.acks);
    outcomes.push(outcome);
    if (outcome.error !== 'NONE') context.traffic.produceFailed(partition?.topicPartition.topic);
    if (partition === undefined || endOffset === undefined) continue;
    const wait = waitFor(partition, request.acks, context.plantedBugs);
    if (wait.reached < endOffset) waits.push({ index, queue: wait.queue, endOffset });
  }
  return { outcomes, waits };
}

/** Which offset an acknowledgement waits for, and in which queue. */
function waitFor(partition: Partition, acks: RequiredAcks, plantedBugs: PlantedBugs) {
  if (acks === -1 && plantedBugs.acknowledgeBeforeHighWatermark !== true) {
    return { reached: partition.highWatermark, queue: partition.replicatedAcks };
  }
  return { reached: partition.acknowledgedEnd, queue: partition.localAcks };
}

interface AppendedEntry {
  readonly outcome: AppendOutcome;
  /** Set when it is here. */
  readonly partition?: Partition;
  /** Set when something was appended: the offset its acknowledgement waits for. */
  readonly endOffset?: ReturnType<typeof addOffset>;
}

function appendEntry(context: AppendContext, entry: AppendEntry, acks: RequiredAcks): AppendedEntry {
  const lookup = context.hosted.find(entry.topicPartition, entry.topicId);
  if (!lookup.found) {
    const { error, currentLeader } = lookup;
    return { outcome: failedAppend(entry, error, currentLeader === undefined ? {} : { currentLeader }) };
  }
  const { partition } = lookup;
  const state = partition.leaderState;
  if (state === undefined) {
    const error = partition.leaderError(-1) ?? 'NOT_LEADER_OR_FOLLOWER';
    return { outcome: failedAppend(entry, error, { currentLeader: partition.leader }), partition };
  }
  if (acks === -1 && !state.hasEnoughInSync) {
    const message = `${state.isr.length} replicas are in sync, the topic asks for ${state.effectiveMinIsr}`;
    return { outcome: failedAppend(entry, 'NOT_ENOUGH_REPLICAS', { message }), partition };
  }
  if (acks !== 0 && !context.pendingAcks.hasRoom) {
    const message = 'too many produce requests wait';
    return { outcome: failedAppend(entry, 'NOT_ENOUGH_REPLICAS', { message }), partition };
  }
  const appended = appendValidated(partition, entry.batches, context.clock);
  if (!appended.ok) {
    const { code, message } = appended.error;
    const text = message === '' ? errorInfo(code).text : message;
    return { outcome: failedAppend(entry, code, { message: text }), partition };
  }
  const { firstOffset, lastOffset, isDuplicate } = appended.value;
  if (isDuplicate) context.traffic.produced(entry.topicPartition.topic, 0, 0);
  else context.traffic.produced(entry.topicPartition.topic, entry.batches.length, lastOffset - firstOffset + 1);
  return {
    outcome: appendedOutcome(entry, appended.value),
    partition,
    endOffset: addOffset(lastOffset, 1),
  };
}

/** Checks batches as the topic's configuration demands and appends them. */
export function appendValidated(partition: Partition, batches: Buffer, clock: Clock): Result<LogAppend> {
  const { log, messageBytesMax, timestampBeforeMaxMs, timestampAfterMaxMs } = partition.settings;
  const valid = validateProducedBatches(batches, {
    messageBytesMax,
    timestampType: log.timestampType,
    now: clock.wallMs(),
    timestampBeforeMaxMs,
    timestampAfterMaxMs,
  });
  return valid.ok ? partition.appendAsLeader(batches) : valid;
}

function appendedOutcome({ topicPartition, topicId }: AppendEntry, appended: LogAppend): AppendOutcome {
  return {
    topicPartition,
    ...(topicId === undefined ? {} : { topicId }),
    error: 'NONE',
    baseOffset: appended.firstOffset,
    appendTimestamp: appended.appendTimestamp,
    logStartOffset: appended.logStartOffset,
  };
}
