import type { MetadataImage } from '@milena/metadata';
import { NO_NODE, type ErrorName, type TopicPartition } from '@milena/model';
import type { CurrentLeader } from '../append-request';
import { clientEndpoint, type ClientEndpoint } from './client-endpoints';

/** Outcome for a partition, with the leader that was known when it was decided. */
export interface LedOutcome {
  readonly error: ErrorName;
  readonly topicPartition?: TopicPartition;
  readonly currentLeader?: CurrentLeader;
}

/**
 * Collects the leaders that go along with errors and where they are reached, so that a client moves on without asking
 * for metadata (KIP-951).
 */
export class LeaderHints {
  readonly #endpoints = new Map<number, ClientEndpoint>();

  constructor(
    readonly image: MetadataImage,
    readonly listenerName: string,
  ) {}

  /** The leader to name beside an error; null when the error has nothing to do with leadership or none is known. */
  for(outcome: LedOutcome): CurrentLeader | null {
    const { error, topicPartition, currentLeader } = outcome;
    if (error !== 'NOT_LEADER_OR_FOLLOWER' && error !== 'FENCED_LEADER_EPOCH') return null;
    const leader = currentLeader ?? (topicPartition && this.#leaderOf(topicPartition));
    if (leader === undefined || leader.leaderId === NO_NODE) return null;
    const registration = this.image.broker(leader.leaderId);
    const endpoint = registration && !registration.fenced ? clientEndpoint(registration, this.listenerName) : undefined;
    if (endpoint !== undefined) this.#endpoints.set(endpoint.nodeId, endpoint);
    return leader;
  }

  #leaderOf({ topic, partition }: TopicPartition): CurrentLeader | undefined {
    const state = this.image.topicByName(topic)?.partition(partition);
    return state && { leaderId: state.leader, leaderEpoch: state.leaderEpoch };
  }

  /** Endpoints of the leaders named so far, each once. */
  endpoints(): readonly ClientEndpoint[] {
    return [...this.#endpoints.values()];
  }
}
