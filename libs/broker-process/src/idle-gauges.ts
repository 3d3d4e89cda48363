import { performance } from 'node:perf_hooks';
import type { Meter } from '@milena/platform';

/** Between two scrapes at least this much time, so that two scrapers do not see the idleness of a moment. */
const MEASURED_MS_MIN = 1_000;

/**
 * Registers Kafka's two idleness gauges, 0 to 1. A broker here has one event loop where Kafka has pools of request handlers
 * and network threads, so both show the same: the share of time since the last scrape in which the loop waited.
 */
export function registerIdleGauges(meter: Meter): void {
  let before = performance.eventLoopUtilization();
  let idle = 1;
  const read = (): number => {
    const now = performance.eventLoopUtilization();
    const since = performance.eventLoopUtilization(now, before);
    if (since.idle + since.active < MEASURED_MS_MIN) return idle;
    before = now;
    idle = 1 - since.utilization;
    return idle;
  };
  const help = 'Share of time in which the event loop was idle, 0 to 1.';
  meter.gauge('kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent', help, read);
  meter.gauge('kafka_network_socketserver_networkprocessoravgidle_percent', help, read);
}
