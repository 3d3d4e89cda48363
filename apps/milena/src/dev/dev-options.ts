/** What `milena dev` was asked for. */
export interface DevOptions {
  readonly controllers: number;
  readonly brokers: number;
  /** Absolute path of the data folder. */
  readonly data: string;
  readonly anyPort: boolean;
  readonly json: boolean;
  /** `key=value` texts for every node. */
  readonly set: readonly string[];
}
