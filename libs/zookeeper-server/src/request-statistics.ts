import type { Counter, Distribution, Meter } from '@milena/platform';
import { OPERATION_IDS, type Operation } from '@milena/zookeeper';

interface Series {
  readonly requests: Counter;
  readonly latency: Distribution;
}

/** Counts requests, for the four-letter words and for the meter. */
export class RequestStatistics {
  readonly #series: ReadonlyMap<Operation, Series>;
  readonly #events: Counter;
  #received = 0;
  #sent = 0;
  #answered = 0;
  #minMs = Infinity;
  #maxMs = 0;
  #totalMs = 0;

  constructor(meter: Meter) {
    const operations = Object.keys(OPERATION_IDS) as Operation[];
    this.#series = new Map(
      operations.map((request) => [
        request,
        {
          requests: meter.counter('zookeeper_server_requests_total', 'Requests of ZooKeeper clients.', { request }),
          latency: meter.histogram('zookeeper_server_request_seconds', 'Time to answer a request.', { request }),
        },
      ]),
    );
    this.#events = meter.counter('zookeeper_server_watch_events_total', 'Watch events sent to ZooKeeper clients.');
  }

  get received(): number {
    return this.#received;
  }

  get sent(): number {
    return this.#sent;
  }

  get latencyMs(): { readonly min: number; readonly avg: number; readonly max: number } {
    if (this.#answered === 0) return { min: 0, avg: 0, max: 0 };
    return { min: this.#minMs, avg: this.#totalMs / this.#answered, max: this.#maxMs };
  }

  packetReceived(): void {
    this.#received += 1;
  }

  packetSent(): void {
    this.#sent += 1;
  }

  eventSent(): void {
    this.#sent += 1;
    this.#events.add(1);
  }

  answered(operation: Operation, elapsedMs: number): void {
    this.#answered += 1;
    this.#totalMs += elapsedMs;
    this.#minMs = Math.min(this.#minMs, elapsedMs);
    this.#maxMs = Math.max(this.#maxMs, elapsedMs);
    const series = this.#series.get(operation);
    series?.requests.add(1);
    series?.latency.record(elapsedMs / 1000);
  }
}
