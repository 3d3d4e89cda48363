import type { OutputFormat } from '../output/printer';

/** Options of every command that asks brokers. */
export interface ClusterOptions {
  /** `host:port,...`. */
  readonly bootstrapServer: string;
  readonly output: OutputFormat;
}
