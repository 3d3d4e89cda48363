import type { Counter, Distribution, Meter } from '@milena/platform';

/** Takes note of one request that was answered. */
export type MeasureRequest = (api: { readonly name: string }, version: number, totalMs: number) => void;

interface ApiMetrics {
  readonly totalTime: Distribution;
  /** By version; only the versions that are used have a series. */
  readonly requests: (Counter | undefined)[];
}

const PREFIX = 'kafka_network_requestmetrics';

/** Kafka's RequestMetrics (kafka.network:type=RequestMetrics), by API. */
export function createRequestMetrics(meter: Meter): MeasureRequest {
  const apis = new Map<string, ApiMetrics>();

  function metricsOf(request: string): ApiMetrics {
    let metrics = apis.get(request);
    if (metrics === undefined) {
      const help = 'Time from a request to its answer, milliseconds, by API.';
      metrics = { totalTime: meter.quantiles(`${PREFIX}_totaltimems`, help, { request }), requests: [] };
      apis.set(request, metrics);
    }
    return metrics;
  }

  function requestsOf(request: string, version: number): Counter {
    const labels = { request, version: `${version}` };
    return meter.counter(`${PREFIX}_requests_total`, 'Requests by API and version.', labels);
  }

  return ({ name }, version, totalMs) => {
    const { requests, totalTime } = metricsOf(name);
    totalTime.record(totalMs);
    const counter = (requests[version] ??= requestsOf(name, version));
    counter.add(1);
  };
}
