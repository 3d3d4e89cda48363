/** One series of a scrape. */
export interface ScrapedSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric of a scrape with all its series. */
export interface ScrapedFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly series: readonly ScrapedSeries[];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\["\\n])*)"(?:,|$)/;
const VALUE = /^(?:[+-]?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Inf)|Nan)$/i;
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: [''],
  gauge: [''],
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
};

/**
 * Reads Prometheus' text format 0.0.4 as strictly as its description allows: HELP and TYPE before the series, the series of
 * a metric together, names and labels well formed, no series twice, histograms that add up. Throws with the line at fault.
 */
export function parsePrometheusText(text: string): ReadonlyMap<string, ScrapedFamily> {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const families = new Map<string, ScrapedFamily & { readonly series: ScrapedSeries[] }>();
  let current: (ScrapedFamily & { readonly series: ScrapedSeries[] }) | undefined;
  let help: { readonly name: string; readonly text: string } | undefined;
  for (const [index, line] of text.slice(0, -1).split('\n').entries()) {
    const fail = (why: string): never => {
      throw new Error(`line ${index + 1}: ${why}: ${line}`);
    };
    if (line === '') continue;
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (kind === 'HELP') {
      if (!NAME.test(name) || families.has(name)) fail('a metric is described once, by a good name');
      help = { name, text: rest };
    } else if (kind === 'TYPE') {
      if (help?.name !== name || SUFFIXES[rest] === undefined) fail('a known type follows the help');
      current = { name, type: rest, help: help?.text ?? '', series: [] };
      families.set(name, current);
    } else {
      const series = parseSeries(line) ?? fail('not a series');
      if (current === undefined || !SUFFIXES[current.type]?.some((suffix) => series.name === current?.name + suffix)) {
        fail('belongs to another metric');
      }
      current?.series.push(series);
    }
  }
  for (const family of families.values()) checkFamily(family);
  return families;
}

function parseSeries(line: string): ScrapedSeries | undefined {
  const [, name = '', , inBraces, value = ''] = /^([^{\s]+)({(.*)})? (\S+)$/.exec(line) ?? [];
  if (!NAME.test(name) || !VALUE.test(value)) return undefined;
  const labels: Record<string, string> = {};
  for (let rest = inBraces ?? ''; rest !== '';) {
    const match = LABEL.exec(rest);
    if (match === null || match[1] === undefined || match[1] in labels) return undefined;
    labels[match[1]] = match[2] ?? '';
    rest = rest.slice(match[0].length);
  }
  return { name, labels, value: Number(value.replace(/inf/i, 'Infinity')) };
}

function checkFamily({ name, type, series }: ScrapedFamily): void {
  const keys = series.map((each) => JSON.stringify([each.name, Object.entries(each.labels).sort()]));
  if (new Set(keys).size < keys.length) throw new Error(`${name}: a series appears twice`);
  if (type === 'counter' && series.some(({ value }) => !(value >= 0))) throw new Error(`${name}: below zero`);
  if (type !== 'histogram') return;
  for (const { labels, value } of series.filter((each) => each.name === `${name}_count`)) {
    const buckets = series.filter(
      (each) =>
        each.name === `${name}_bucket` && Object.entries(labels).every(([key, text]) => each.labels[key] === text),
    );
    const rises = buckets.every((bucket, index) => bucket.value >= (buckets[index - 1]?.value ?? 0));
    const last = buckets.at(-1);
    if (!rises || last?.labels['le'] !== '+Inf' || last.value !== value) throw new Error(`${name}: does not add up`);
  }
}
