import { randomUuid } from '@milena/model';
import { noMeter } from '@milena/platform';
import type { FetchResponse } from '@milena/raft';
import type { OpenedMetadataLog } from './open-metadata-log';
import { endPendingRepair } from './pending-repair';
import type { RaftDriverOptions } from './raft-driver-options';
import { createRaftPump, type RaftPump } from './raft-pump';
import type { RaftPumpOptions } from './raft-pump-options';
import { UnusableMetadataLog } from './unusable-metadata-log';

/** Which committed records a metadata log lacks. */
export type LostRecords = NonNullable<OpenedMetadataLog['lost']>;

/** What a repair needs. */
export interface LogRepairOptions {
  /** What this node's pump gets when it takes part as itself. */
  readonly pump: RaftPumpOptions;
  readonly folder: string;
  readonly lost: LostRecords;
  /** The log is whole again, durably, and the repair's pump is closed. */
  onWhole(): void;
}

/**
 * Fetches lost records as a replica that the quorum does not know: without a vote, without an acknowledgement that
 * counts, without standing for election. Once level with the log of a leader, whom voters with whole logs elected, this
 * node has again whatever it may ever have acknowledged, and can take part as itself.
 */
export class LogRepair {
  /** Does the fetching; not started yet. */
  readonly pump: RaftPump;
  readonly #options: LogRepairOptions;
  #isEnding = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(options: LogRepairOptions) {
    this.#options = options;
    this.pump = createRaftPump({
      ...options.pump,
      driver: withoutVote(options.pump.driver),
      mark: undefined,
      onFetched: (response) => this.#fetched(response),
    });
  }

  /** Nothing is missing any more; the node is about to take part as itself. */
  get isEnding(): boolean {
    return this.#isEnding;
  }

  /** Resolves when no end of the repair is under way. */
  idle(): Promise<void> {
    return this.#ended;
  }

  #fetched(response: FetchResponse): void {
    if (this.#isEnding || !isLevel(response)) return;
    this.#isEnding = true;
    this.#ended = this.#end().catch((error: unknown) => this.#options.pump.onFatal(error));
  }

  async #end(): Promise<void> {
    const { folder, lost, pump } = this.#options;
    const { log, driver } = pump;
    if (log.logEndOffset < lost.committed) {
      const reason = `the leader's log ends at offset ${log.logEndOffset}, but records up to ${lost.committed} were committed here`;
      throw new UnusableMetadataLog(folder, reason);
    }
    await this.pump.close();
    await log.flush();
    await endPendingRepair(driver.platform.disk, folder);
    this.#options.onWhole();
  }
}

/** The same node as a replica of which nobody expects anything. */
function withoutVote(options: RaftDriverOptions): RaftDriverOptions {
  const { endpoint: _endpoint, autoJoin: _autoJoin, platform, ...rest } = options;
  const directoryId = randomUuid((count) => platform.random.bytes(count));
  return { ...rest, platform: { ...platform, meter: noMeter }, role: 'observer', directoryId };
}

/** Whether the leader had nothing that this node's log had not, when it answered. */
function isLevel({ error, records, divergingEpoch, snapshotId }: FetchResponse): boolean {
  return error === 'NONE' && records.length === 0 && divergingEpoch === undefined && snapshotId === undefined;
}
