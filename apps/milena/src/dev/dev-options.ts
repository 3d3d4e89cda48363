import type { DevCounts } from './dev-kinds';

/** What `milena dev` was asked for. */
export interface DevOptions extends DevCounts {
  /** Absolute path of the data folder. */
  readonly data: string;
  readonly anyPort: boolean;
  readonly json: boolean;
  /** Write and read example topics for as long as the cluster runs. */
  readonly demo: boolean;
  /** `key=value` texts for every node. */
  readonly set: readonly string[];
}
