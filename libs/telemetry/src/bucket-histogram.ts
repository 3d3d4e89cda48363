import type { Distribution, MetricLabels } from '@milena/platform';
import type { KeptSeries, ScrapedValue } from './metric-family';

/** Upper bounds in seconds. */
const BOUNDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/** Durations counted in fixed buckets: a Prometheus histogram. */
export class BucketHistogram implements Distribution, KeptSeries {
  readonly #counts = new Float64Array(BOUNDS.length + 1);
  #sum = 0;

  record(value: number): void {
    let bucket = 0;
    while (bucket < BOUNDS.length && value > (BOUNDS[bucket] ?? Infinity)) bucket += 1;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#sum += value;
  }

  scrape(name: string, labels: MetricLabels): readonly ScrapedValue[] {
    let count = 0;
    const buckets = Array.from(this.#counts, (inBucket, index) => {
      count += inBucket;
      const le = BOUNDS[index]?.toString() ?? '+Inf';
      return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: count };
    });
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels, value: this.#sum },
      { metricName: `${name}_count`, labels, value: count },
    ];
  }
}
