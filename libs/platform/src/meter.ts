/** Labels of one series. */
export type MetricLabels = Readonly<Record<string, string>>;

/** A value that only grows. */
export interface Counter {
  add(amount: number, labels?: MetricLabels): void;
}

/** A distribution of durations (seconds) or sizes (bytes). */
export interface Histogram {
  record(value: number, labels?: MetricLabels): void;
}

/** Makes metrics. Names and labels are Prometheus', as Kafka's dashboards expect them. */
export interface Meter {
  counter(name: string, help: string): Counter;
  histogram(name: string, help: string): Histogram;
  /** A gauge whose value is asked for at each scrape. */
  gauge(name: string, help: string, read: () => number): void;
}

/** A meter that records nothing. */
export const noMeter: Meter = {
  counter: () => ({ add() {} }),
  histogram: () => ({ record() {} }),
  gauge() {},
};
