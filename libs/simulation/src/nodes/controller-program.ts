import type { SupportedFeature } from '@milena/metadata';

/** What a controller runs and is configured with, where that differs from run to run. */
export interface ControllerProgram {
  readonly supportedFeatures: readonly SupportedFeature[];
  /** Values of the records that `storage format` left for the first active controller. */
  readonly bootstrapRecords: readonly Buffer[];
  /** Kafka's keys. */
  readonly keys: Readonly<Record<string, string>>;
}
