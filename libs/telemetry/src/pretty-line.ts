import { styleText } from 'node:util';

const COLOURS = { debug: 'gray', info: 'green', warn: 'yellow', error: 'red' } as const;

/** A JSON log line as people read it: `12:00:00.000 info  broker-1 became leader epoch=3`, ending in a newline. */
export function prettyLine(line: string, coloured: boolean): string {
  const { time, level, service, node_id: nodeId, msg, ...facts } = JSON.parse(line) as Record<string, unknown>;
  const clock = String(time).slice(11, 23);
  const who = nodeId === undefined ? String(service) : `${String(service)}-${String(nodeId)}`;
  const colour = COLOURS[level as keyof typeof COLOURS] ?? 'green';
  const padded = String(level).padEnd(5);
  const shown = coloured ? styleText(colour, padded, { validateStream: false }) : padded;
  const rest = Object.entries(facts).map(([name, value]) => ` ${name}=${factText(value)}`);
  return `${clock} ${shown} ${who} ${String(msg)}${rest.join('')}\n`;
}

function factText(value: unknown): string {
  if (typeof value === 'string') return /[\s=]/.test(value) ? JSON.stringify(value) : value;
  return JSON.stringify(value);
}
