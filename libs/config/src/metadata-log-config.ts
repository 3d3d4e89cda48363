import type { ServerConfig } from '@milena/config-schema';

/** How a node stores the metadata log; undefined is no limit. */
export interface MetadataLogConfig {
  readonly logConfig: { readonly segmentBytes: number; readonly segmentMs: number };
  readonly retention: { readonly bytes: number | undefined; readonly ms: number | undefined };
}

/** Reads the `metadata.*` keys about the log's files. */
export function metadataLogConfig(server: ServerConfig): MetadataLogConfig {
  return {
    logConfig: {
      segmentBytes: server.number('metadata.log.segment.bytes'),
      segmentMs: server.number('metadata.log.segment.ms'),
    },
    retention: {
      bytes: unlessUnlimited(server.number('metadata.max.retention.bytes')),
      ms: unlessUnlimited(server.number('metadata.max.retention.ms')),
    },
  };
}

function unlessUnlimited(value: number): number | undefined {
  return value < 0 ? undefined : value;
}
