/** Labels of one series. */
export type MetricLabels = Readonly<Record<string, string>>;

/** One series as it is at a scrape. */
export interface MetricSample {
  readonly labels: MetricLabels;
  readonly value: number;
}

/** Asked at each scrape: the one series without labels, or every series with its own. */
export type ReadMetric = () => number | readonly MetricSample[];

/** A value that only grows. Adding allocates nothing: keep the counter, do not ask for it again on a hot path. */
export interface Counter {
  add(amount: number): void;
}

/** A distribution. Recording allocates nothing: keep it, do not ask for it again on a hot path. */
export interface Distribution {
  record(value: number): void;
}

/**
 * Makes metrics. Names and labels are Prometheus', as Kafka's dashboards expect them. Asking again for the same name and
 * labels gives the same series; what is asked at a scrape may be registered several times under one name, each time for
 * other labels. A metric has a bounded number of series; what exceeds it is not recorded.
 */
export interface Meter {
  counter(name: string, help: string, labels?: MetricLabels): Counter;
  /** Durations in seconds, counted in buckets. */
  histogram(name: string, help: string, labels?: MetricLabels): Distribution;
  /** Durations in milliseconds, shown as quantiles of the last minutes, as Kafka shows its own. */
  quantiles(name: string, help: string, labels?: MetricLabels): Distribution;
  /** A value that goes up and down. */
  gauge(name: string, help: string, read: ReadMetric): void;
  /** A value that only grows and is counted elsewhere. */
  total(name: string, help: string, read: ReadMetric): void;
}

const noCounter: Counter = { add() {} };
const noDistribution: Distribution = { record() {} };

/** A meter that records nothing. */
export const noMeter: Meter = {
  counter: () => noCounter,
  histogram: () => noDistribution,
  quantiles: () => noDistribution,
  gauge() {},
  total() {},
};
