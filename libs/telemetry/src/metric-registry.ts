import { invariant } from '@milena/model';
import type { Counter, Distribution, Meter, MetricLabels, ReadMetric } from '@milena/platform';
import { BucketHistogram } from './bucket-histogram';
import { MetricFamily, type KeptSeries, type MetricType, type ScrapedValue } from './metric-family';
import { RecentQuantiles } from './recent-quantiles';

const NO_LABELS: MetricLabels = {};

/** The metrics of one node. They cost an addition each until somebody scrapes them. */
export class MetricRegistry implements Meter {
  readonly #families = new Map<string, MetricFamily>();

  constructor(private readonly nowMs: () => number) {}

  counter(name: string, help: string, labels = NO_LABELS): Counter {
    return this.#family(name, help, 'counter').series(labels, () => new KeptCounter());
  }

  histogram(name: string, help: string, labels = NO_LABELS): Distribution {
    return this.#family(name, help, 'histogram').series(labels, () => new BucketHistogram());
  }

  quantiles(name: string, help: string, labels = NO_LABELS): Distribution {
    return this.#family(name, help, 'summary').series(labels, () => new RecentQuantiles(this.nowMs));
  }

  gauge(name: string, help: string, read: ReadMetric): void {
    this.#family(name, help, 'gauge').ask(read);
  }

  total(name: string, help: string, read: ReadMetric): void {
    this.#family(name, help, 'counter').ask(read);
  }

  /** Every metric, in the order of first registration. */
  get families(): readonly MetricFamily[] {
    return [...this.#families.values()];
  }

  #family(name: string, help: string, type: MetricType): MetricFamily {
    let family = this.#families.get(name);
    if (family === undefined) {
      family = new MetricFamily(name, help, type);
      this.#families.set(name, family);
    }
    invariant(family.type === type, 'a metric has one type', { name });
    return family;
  }
}

class KeptCounter implements Counter, KeptSeries {
  #value = 0;

  add(amount: number): void {
    this.#value += amount;
  }

  scrape(_name: string, labels: MetricLabels): readonly ScrapedValue[] {
    return [{ labels, value: this.#value }];
  }
}
