import type { MessageInitShape } from '@bufbuild/protobuf';
import type { TimestampSchema } from '@bufbuild/protobuf/wkt';

/** A google.protobuf.Timestamp of milliseconds since 1970 UTC. */
export function timestampMessage(ms: number): MessageInitShape<typeof TimestampSchema> {
  const seconds = Math.floor(ms / 1000);
  return { seconds: BigInt(seconds), nanos: (ms - seconds * 1000) * 1_000_000 };
}
