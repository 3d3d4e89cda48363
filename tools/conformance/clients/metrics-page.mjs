// A process's /metrics, read by Prometheus' own parser and linter.
import { metricsJudge } from '../prerequisites.mjs';
import { run } from '../process.mjs';

/** Status and text of one of the monitor's pages of `address`. */
export async function monitorPage(address, path) {
  const response = await fetch(`http://${address}${path}`, { signal: AbortSignal.timeout(5_000) });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}

/** Metric families by name, as `{name, type, help, labels}`; throws what Prometheus would complain of. */
export async function scrape(address) {
  const { status, type, text } = await monitorPage(address, '/metrics');
  if (status !== 200 || !/^text\/plain; (charset=utf-8; )?version=0\.0\.4/.test(type))
    throw new Error(`/metrics of ${address}: ${status} ${type}`);
  const { stdout, stderr } = await run(metricsJudge(), [], { input: text, timeoutMs: 10_000 });
  const families = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
  return { text, style: stderr, families: new Map(families.map((each) => [each.name, each])) };
}

/** The value of a series that has exactly these labels, as the text says. */
export function valueOf(text, name, labels = {}) {
  for (const line of text.split('\n')) {
    const match = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (match === null || match[1] !== name) continue;
    const found = Object.fromEntries(
      [...(match[2] ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
    );
    if (Object.entries(labels).every(([key, value]) => found[key] === value)) return Number(match[3]);
  }
  return undefined;
}
