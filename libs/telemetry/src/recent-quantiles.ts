import type { Distribution, MetricLabels } from '@milena/platform';
import type { KeptSeries, ScrapedValue } from './metric-family';

/** The percentiles that Kafka's histograms show over JMX. */
const QUANTILES = ['0.50', '0.75', '0.95', '0.98', '0.99', '0.999'] as const;
/** Buckets are powers of the square root of two from 2^-10 on: about 1 us to 12 days, off by at most a fifth. */
const STEPS_PER_DOUBLING = 2;
const SMALLEST_LOG2 = -10;
const BUCKETS = 82;
/** How long a recorded value counts at least; twice that at most. */
const WINDOW_MS = 150_000;

/**
 * Quantiles of the last minutes, milliseconds. Values are counted in buckets of growing width, in two windows that take
 * turns; the turn is taken at a scrape, so that recording needs no clock. Nobody scraping: everything since the start.
 */
export class RecentQuantiles implements Distribution, KeptSeries {
  #current = new Float64Array(BUCKETS);
  #former = new Float64Array(BUCKETS);
  #count = 0;
  #sum = 0;
  #turnedMs: number;

  constructor(private readonly nowMs: () => number) {
    this.#turnedMs = nowMs();
  }

  record(value: number): void {
    const bucket = bucketOf(value);
    this.#current[bucket] = (this.#current[bucket] ?? 0) + 1;
    this.#count += 1;
    this.#sum += value;
  }

  scrape(name: string, labels: MetricLabels): readonly ScrapedValue[] {
    const counts = this.#current.map((count, bucket) => count + (this.#former[bucket] ?? 0));
    this.#turn();
    const total = counts.reduce((sum, count) => sum + count, 0);
    const quantiles = QUANTILES.map((quantile) => ({
      labels: { ...labels, quantile },
      value: total === 0 ? 0 : valueAt(counts, Number(quantile) * total),
    }));
    return [
      ...quantiles,
      { metricName: `${name}_sum`, labels, value: this.#sum },
      { metricName: `${name}_count`, labels, value: this.#count },
    ];
  }

  #turn(): void {
    if (this.nowMs() - this.#turnedMs < WINDOW_MS) return;
    this.#turnedMs = this.nowMs();
    [this.#former, this.#current] = [this.#current, this.#former.fill(0)];
  }
}

function bucketOf(value: number): number {
  if (!(value > 2 ** SMALLEST_LOG2)) return 0;
  const step = Math.ceil((Math.log2(value) - SMALLEST_LOG2) * STEPS_PER_DOUBLING);
  return step < BUCKETS ? step : BUCKETS - 1;
}

/** The middle, by ratio, of the bucket that holds the value at this rank. */
function valueAt(counts: Float64Array, rank: number): number {
  let seen = 0;
  let bucket = 0;
  for (; bucket < BUCKETS - 1; bucket++) {
    seen += counts[bucket] ?? 0;
    if (seen >= rank) break;
  }
  const exponent = SMALLEST_LOG2 + (bucket - 0.5) / STEPS_PER_DOUBLING;
  return Number((2 ** exponent).toPrecision(4));
}
