import type { DevNode } from './dev-node';

/** A process of a dev cluster, as whoever started it needs to know it. `argv` in `cwd` starts it again. */
export interface DevProcess extends DevNode {
  readonly pid: number;
  readonly argv: readonly string[];
  readonly cwd: string;
}

/** `host:port,...` of the brokers' client listeners. */
export function bootstrapOf(nodes: readonly DevNode[]): string {
  return nodes
    .map(({ listeners }) => listeners['PLAINTEXT'])
    .filter((endpoint) => endpoint !== undefined)
    .join(',');
}

/** `host:port,...` of the controllers. */
function controllersOf(nodes: readonly DevNode[]): string {
  return nodes
    .map(({ listeners }) => listeners['CONTROLLER'])
    .filter((endpoint) => endpoint !== undefined)
    .join(',');
}

/** The one line `milena dev --json` writes to stdout. */
export function readyLine(processes: readonly DevProcess[]): string {
  const shown = processes.map(({ role, id, pid, argv, cwd, listeners }) => ({ role, id, pid, argv, cwd, listeners }));
  return `${JSON.stringify({ ready: true, bootstrap: bootstrapOf(processes), processes: shown })}\n`;
}

/** Addresses that commands try by themselves; they need not be told. */
const BY_DEFAULT = { broker: '127.0.0.1:9092', controller: '127.0.0.1:9093' };

/** What people see when a cluster is ready: where it listens, and what to type next. */
export function banner(
  processes: readonly DevProcess[],
  { data, milena, readyAfterMs }: { readonly data: string; readonly milena: string; readonly readyAfterMs: number },
): string {
  const bootstrap = bootstrapOf(processes);
  const [first = ''] = bootstrap.split(',');
  const quorum = controllersOf(processes);
  const atBroker = first === BY_DEFAULT.broker ? '' : ` --bootstrap-server ${first}`;
  const atController = quorum === BY_DEFAULT.controller ? '' : ` --bootstrap-controller ${quorum}`;
  return `
Milena is ready after ${Math.round(readyAfterMs)} ms.

  Kafka clients   ${bootstrap}
  controllers     ${quorum}
  data            ${data} (kept; Ctrl-C stops)

Try:
  kcat -b ${first} -L
  ${milena} topic create quickstart-events --partitions 3${atBroker}
  echo hello | kcat -b ${first} -P -t quickstart-events
  kcat -b ${first} -C -t quickstart-events -o beginning -e
  ${milena} quorum describe${atController}

`;
}

/** An argv as a shell takes it. */
export function commandLine(argv: readonly string[]): string {
  return argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}
