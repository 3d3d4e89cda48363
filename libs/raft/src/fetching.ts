import { invariant, minOffset, NO_NODE, type Offset } from '@milena/model';
import { MalformedInput } from '@milena/bytes';
import { endOffsetForEpoch } from './epoch-ends';
import type { DivergingEpoch, FetchRequest, FetchResponse, FetchSnapshotRequest } from './messages';
import type { Destination } from './outbox';
import type { OutgoingRequest } from './raft-effects';
import type { RaftBatch } from './raft-batches';
import type { RaftContext } from './raft-context';
import type { Role } from './role';
import type { Follower } from './roles/follower';
import type { Prospective } from './roles/prospective';
import { beginSnapshotFetch, dropSnapshotFetch, nextPiece } from './snapshot-fetching';

/** Longest pause between fetches that bring nothing because no leader answers. */
const FETCH_BACKOFF_MAX_MS = 100;

/** Sends the next fetch when it is due; returns when it will be. */
export function pollFetch(context: RaftContext): number {
  const { quorum, log, durable, outbox } = context;
  if (durable.isTruncating || context.installing !== undefined) return Infinity;
  const isFlushed = durable.offset >= log.endOffset() || context.bugs.fetchBeforeFlush === true;
  // A voter's fetch offset says that everything before it is on its disk.
  if (context.mayVote && !isFlushed) return Infinity;
  const readyAtMs = outbox.readyAtMs(NO_NODE, 'fetch');
  if (readyAtMs > context.nowMs) return readyAtMs;
  const destination = chooseDestination(context);
  if (destination === undefined) return Infinity;
  const { highWatermark } = context;
  const piece = nextPiece(context, destination);
  const request: FetchRequest | FetchSnapshotRequest = piece ?? {
    type: 'fetch',
    clusterId: context.clusterId,
    replica: context.self,
    epoch: quorum.epoch,
    fetchOffset: log.endOffset(),
    lastFetchedEpoch: log.lastEpoch(),
    maxWaitMs: context.settings.fetchMaxWaitMs,
    ...(highWatermark === undefined ? {} : { highWatermark }),
    ...readRoundOf(quorum.role),
  };
  outbox.send(destination, request);
  return Infinity;
}

function readRoundOf(role: Role): { readonly readRound?: number } {
  return role.name === 'follower' && role.readRound !== undefined ? { readRound: role.readRound } : {};
}

/**
 * A voter that has asked the others in vain for a while asks the bootstrap servers who leads: all that its log says of where
 * the others are may be old. Returns when to come back.
 */
export function askBootstrapServers(context: RaftContext, { sinceMs }: Prospective): number {
  const { bootstrapServers, nowMs, settings } = context;
  const dueMs = sinceMs + settings.electionTimeoutMs / 2;
  if (bootstrapServers.length === 0 || nowMs < dueMs) return bootstrapServers.length === 0 ? Infinity : dueMs;
  return pollFetch(context);
}

/**
 * The leader; without one, or after it failed to answer, anybody else who may know a newer one (KAFKA-19354). Who stands for
 * election asks the other voters anyway.
 */
function chooseDestination(context: RaftContext): Destination | undefined {
  const { role, isVoter } = context.quorum;
  if (role.name === 'follower' && !role.asksElsewhere)
    return { nodeId: role.leader.id, endpoint: role.leader.endpoint };
  const voters = role.name !== 'follower' && isVoter ? [] : context.history.latest.voters;
  const others: Destination[] = voters
    .filter(({ key }) => key.id !== context.self.id)
    .map(({ key, endpoint }) => ({ nodeId: key.id, endpoint }));
  for (const endpoint of context.bootstrapServers) others.push({ nodeId: NO_NODE, endpoint });
  return others.length === 0 ? undefined : others[context.random.below(others.length)];
}

/** Takes in the answer to this role's fetch. The epoch has not changed since, or the request had been forgotten. */
export function receiveRecords(context: RaftContext, sent: OutgoingRequest, response: FetchResponse): void {
  const { role } = context.quorum;
  if (role.name !== 'follower' || response.error !== 'NONE') {
    failFetch(context, sent, 'answered');
    return;
  }
  if (response.readRound !== undefined) role.readRound = Math.max(role.readRound ?? 0, response.readRound);
  if (response.snapshotId !== undefined) {
    beginSnapshotFetch(context, role, response.snapshotId);
    context.outbox.succeeded(sent);
    followsLeader(context, role);
    return;
  }
  // Whatever made a snapshot necessary is over.
  dropSnapshotFetch(context);
  if (response.divergingEpoch !== undefined) truncate(context, response.divergingEpoch);
  else if (!appendFetched(context, role, response.records)) {
    pauseFetch(context, sent);
    return;
  }
  context.outbox.succeeded(sent);
  followsLeader(context, role);
  // While the logs differ, the leader's high watermark says nothing about this log.
  if (response.highWatermark !== undefined && response.divergingEpoch === undefined) {
    context.raiseHighWatermark(minOffset(response.highWatermark, context.log.endOffset()));
  }
}

/** The leader answered what was asked of it: it lives, and this replica stays with it. */
export function followsLeader(context: RaftContext, role: Follower): void {
  role.fetchDeadlineMs = context.nowMs + context.settings.fetchTimeoutMs;
  role.hasFetched = true;
  role.isLeaderSuspect = false;
  role.suspicionDeadlineMs = undefined;
  role.asksElsewhere = false;
  context.quorum.eagerAttemptsLeft = 0;
}

/**
 * Cuts off what the leader does not have (KIP-595). The leader's answer may name an epoch this log has not; then the cut is
 * at the end of the largest smaller one, and the next fetch goes on with the search.
 */
function truncate(context: RaftContext, diverging: DivergingEpoch): void {
  const { log } = context;
  const own = endOffsetForEpoch(log, diverging.epoch);
  const hasEpoch = diverging.epoch > 0 && own.epoch === diverging.epoch;
  const limit = diverging.epoch === 0 ? log.endOffset() : own.offset;
  const target = hasEpoch || diverging.epoch === 0 ? minOffset(limit, diverging.endOffset) : limit;
  invariant(target >= (context.highWatermark ?? 0), 'committed records are never truncated', {
    target,
    highWatermark: context.highWatermark,
  });
  // A leader that cannot be brought together with what only a snapshot here still knows has lost committed records.
  invariant(target < log.endOffset(), 'logs that part have something to cut', { target, diverging });
  log.truncateTo(target);
  context.durable.truncatedTo(target);
  if (context.history.truncateTo(target)) context.votersChanged();
  context.wantFlush();
}

/** Appends what is sound; false when something was not. */
function appendFetched(context: RaftContext, role: Follower, records: Uint8Array): boolean {
  if (records.length === 0) return true;
  const sound: RaftBatch[] = [];
  let expected = context.log.endOffset();
  let lastEpoch = context.log.lastEpoch();
  let isSound = true;
  try {
    for (const batch of context.batches.read(records)) {
      const isInOrder = batch.baseOffset === expected && batch.epoch >= lastEpoch && batch.epoch <= role.epoch;
      isSound = isInOrder && batch.isIntact();
      if (!isSound) break;
      batch.controlRecords();
      sound.push(batch);
      expected = (batch.lastOffset + 1) as Offset;
      lastEpoch = batch.epoch;
    }
  } catch (error) {
    if (!(error instanceof MalformedInput)) throw error;
    isSound = false;
  }
  if (sound.length === 0) return isSound;
  const size = sound.reduce((sum, batch) => sum + batch.bytes.length, 0);
  context.log.append(records.subarray(0, size));
  const isOtherSet = sound.map((batch) => rememberVoters(context, batch)).includes(true);
  if (isOtherSet) context.votersChanged();
  if (context.mayVote) context.wantFlush();
  return isSound;
}

/** A voter set rules from the moment its record is in the log. Returns whether the batch holds one. */
export function rememberVoters(context: RaftContext, batch: RaftBatch): boolean {
  let holdsVoters = false;
  for (const { offset, record } of batch.controlRecords()) {
    if (record.type !== 'voters') continue;
    context.history.append(offset, record.voters);
    holdsVoters = true;
  }
  return holdsVoters;
}

/** The next fetch comes after a pause that grows. */
export function pauseFetch(context: RaftContext, sent: OutgoingRequest): void {
  context.outbox.failed(sent, context.nowMs, FETCH_BACKOFF_MAX_MS);
}

/** A fetch brought nothing: pause, and next ask somebody else whether there is a newer leader. */
export function failFetch(context: RaftContext, sent: OutgoingRequest, how: 'answered' | 'silent'): void {
  const { role } = context.quorum;
  pauseFetch(context, sent);
  if (role.name !== 'follower') return;
  // Also when the fetch timeout said the same a moment ago; whoever is asked instead of the leader is asked once.
  role.asksElsewhere = how === 'silent' && sent.nodeId === role.leader.id;
}
