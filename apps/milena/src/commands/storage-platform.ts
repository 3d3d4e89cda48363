import { createNodePlatform } from '@milena/platform-node';
import { noMeter, noTracer, silentLogger, type Platform } from '@milena/platform';

/** Disk, clock and randomness for commands that touch log folders; they say what they do themselves. */
export function storagePlatform(): Platform {
  return createNodePlatform({ logger: silentLogger, tracer: noTracer, meter: noMeter });
}
