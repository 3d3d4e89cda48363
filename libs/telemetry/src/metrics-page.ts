import type { Metric, Registry } from 'prom-client';
import type { MetricFamily } from './metric-family';
import type { MetricRegistry } from './metric-registry';

/** What a scrape gets. */
export interface MetricsPage {
  readonly contentType: string;
  readonly text: string;
}

/** How finely the delay of the event loop is watched; each step wakes the process. */
const EVENT_LOOP_PRECISION_MS = 20;

/**
 * Renders the metrics of a registry, and those of the process (`process_*`, `nodejs_*`), in Prometheus' text format.
 * Everything that is needed for it is loaded at the first scrape, and what the process itself tells begins there too.
 */
export function createMetricsPage(registry: MetricRegistry): () => Promise<MetricsPage> {
  let loading: Promise<Registry> | undefined;
  const registered = new Set<string>();

  async function load(): Promise<Registry> {
    const { collectDefaultMetrics, Registry: PrometheusRegistry } = await import('prom-client');
    const prometheus = new PrometheusRegistry();
    collectDefaultMetrics({ register: prometheus, eventLoopMonitoringPrecision: EVENT_LOOP_PRECISION_MS });
    return prometheus;
  }

  return async () => {
    const prometheus = await (loading ??= load());
    for (const family of registry.families) {
      if (registered.has(family.name)) continue;
      registered.add(family.name);
      prometheus.registerMetric(scrapedBy(family));
    }
    return { contentType: prometheus.contentType, text: await prometheus.metrics() };
  };
}

/** What the registry of prom-client asks of a metric; its own kinds cost a hash of the labels per addition. */
function scrapedBy(family: MetricFamily): Metric {
  const { name, help, type } = family;
  return { name, help, type, get: () => Promise.resolve({ name, help, type, values: family.scrape() }) } as never;
}
