import { createMetricsPage } from './metrics-page';
import { MetricRegistry } from './metric-registry';

describe('MetricRegistry', () => {
  let nowMs: number;
  let registry: MetricRegistry;
  beforeEach(() => {
    nowMs = 0;
    registry = new MetricRegistry(() => nowMs);
  });

  async function scraped(name: string): Promise<readonly string[]> {
    const { text } = await createMetricsPage(registry)();
    return text.split('\n').filter((line) => line.startsWith(name) || line.includes(` ${name} `));
  }

  it('gives the same series for the same name and labels', async () => {
    registry.counter('requests_total', 'Requests.', { request: 'Produce' }).add(2);
    registry.counter('requests_total', 'Requests.', { request: 'Produce' }).add(3);
    registry.counter('requests_total', 'Requests.', { request: 'Fetch "all"' }).add(1);
    expect(await scraped('requests_total')).toEqual([
      '# HELP requests_total Requests.',
      '# TYPE requests_total counter',
      'requests_total{request="Produce"} 5',
      'requests_total{request="Fetch \\"all\\""} 1',
    ]);
  });

  it('asks gauges at each scrape and shows no series twice', async () => {
    let size = 1;
    registry.gauge('log_size', 'Bytes.', () => [
      { labels: { topic: 'a' }, value: size },
      { labels: { topic: 'b' }, value: 7 },
    ]);
    registry.gauge('log_size', 'Bytes.', () => [{ labels: { topic: 'b' }, value: 8 }]);
    expect(await scraped('log_size{')).toEqual(['log_size{topic="a"} 1', 'log_size{topic="b"} 8']);
    size = 2;
    expect(await scraped('log_size{topic="a"}')).toEqual(['log_size{topic="a"} 2']);
  });

  it('counts durations into buckets that add up', async () => {
    const histogram = registry.histogram('call_seconds', 'Seconds.');
    for (const seconds of [0.0004, 0.003, 0.003, 60]) histogram.record(seconds);
    const lines = await scraped('call_seconds');
    expect(lines).toEqual(
      expect.arrayContaining([
        'call_seconds_bucket{le="0.0005"} 1',
        'call_seconds_bucket{le="0.005"} 3',
        'call_seconds_bucket{le="10"} 3',
        'call_seconds_bucket{le="+Inf"} 4',
        'call_seconds_count 4',
      ]),
    );
  });

  it('shows quantiles of the last minutes, near enough, and forgets what is older', async () => {
    const times = registry.quantiles('time_ms', 'Milliseconds.');
    for (let ms = 1; ms <= 1000; ms++) times.record(ms);
    const quantile = async (which: string) =>
      Number((await scraped(`time_ms{quantile="${which}"}`))[0]?.split(' ').at(-1));
    expect(await quantile('0.50')).toBeGreaterThan(400);
    expect(await quantile('0.50')).toBeLessThan(600);
    expect(await quantile('0.99')).toBeGreaterThan(790);
    for (let turn = 0; turn < 2; turn++) {
      nowMs += 200_000;
      await quantile('0.50');
    }
    times.record(3);
    expect(await quantile('0.99')).toBeLessThan(4);
    expect(await scraped('time_ms_count')).toEqual(['time_ms_count 1001']);
  });

  it('tells of the process too', async () => {
    const { text, contentType } = await createMetricsPage(registry)();
    expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(text).toMatch(/^process_open_fds \d+$/m);
    expect(text).toMatch(/^nodejs_heap_size_total_bytes \d+$/m);
  });
});
