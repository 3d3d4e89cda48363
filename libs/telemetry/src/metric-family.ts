import type { MetricLabels, MetricSample, ReadMetric } from '@milena/platform';

/** How Prometheus reads a metric. */
export type MetricType = 'counter' | 'gauge' | 'histogram' | 'summary';

/** A line of a scrape: a value of one series. */
export interface ScrapedValue extends MetricSample {
  /** Set where it is not the family's: `_count` and `_sum` of quantiles, `_bucket` of histograms. */
  readonly metricName?: string;
}

/** A series that is kept up to date between scrapes. */
export interface KeptSeries {
  /** What it says now. */
  scrape(name: string, labels: MetricLabels): readonly ScrapedValue[];
}

/** Series of one metric; more are not recorded. */
const SERIES_MAX = 50_000;

/** All series of one name. */
export class MetricFamily {
  readonly #kept = new Map<string, { readonly labels: MetricLabels; readonly series: KeptSeries }>();
  readonly #asked: ReadMetric[] = [];

  constructor(
    readonly name: string,
    readonly help: string,
    readonly type: MetricType,
  ) {}

  /** The series with these labels, made by `create` the first time. Beyond the limit it belongs to no scrape. */
  series<Series extends KeptSeries>(labels: MetricLabels, create: () => Series): Series {
    const key = keyOf(labels);
    const found = this.#kept.get(key);
    if (found !== undefined) return found.series as Series;
    const series = create();
    if (this.#kept.size < SERIES_MAX) this.#kept.set(key, { labels, series });
    return series;
  }

  /** Asks `read` at each scrape. */
  ask(read: ReadMetric): void {
    this.#asked.push(read);
  }

  /** Every series once: where two have the same labels, the one registered last. */
  scrape(): readonly ScrapedValue[] {
    const kept = [...this.#kept.values()].flatMap(({ labels, series }) => series.scrape(this.name, labels));
    if (this.#asked.length === 0) return kept;
    const asked = new Map<string, ScrapedValue>();
    for (const read of this.#asked) {
      const answer = read();
      const samples = typeof answer === 'number' ? [{ labels: {}, value: answer }] : answer;
      for (const sample of samples) if (asked.size < SERIES_MAX) asked.set(keyOf(sample.labels), sample);
    }
    return [...kept, ...asked.values()];
  }
}

function keyOf(labels: MetricLabels): string {
  let key = '';
  for (const name in labels) key += `${name}\0${labels[name]}\0`;
  return key;
}
