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

/** The one line `milena dev --json` writes to stdout. */
export function readyLine(processes: readonly DevProcess[]): string {
  const shown = processes.map(({ role, id, pid, argv, cwd, listeners }) => ({ role, id, pid, argv, cwd, listeners }));
  return `${JSON.stringify({ ready: true, bootstrap: bootstrapOf(processes), processes: shown })}\n`;
}

/** What people see when a cluster is ready: where it listens, and what to type next. */
export function banner(processes: readonly DevProcess[], data: string, readyAfterMs: number): string {
  const bootstrap = bootstrapOf(processes);
  const [first = ''] = bootstrap.split(',');
  const quorum = processes.find(({ role }) => role === 'controller')?.listeners['CONTROLLER'] ?? '';
  const milena = `node ${process.argv[1] ?? 'milena'}`;
  return `
Milena is ready after ${Math.round(readyAfterMs)} ms.

  Kafka clients   ${bootstrap}
  data            ${data} (kept; Ctrl-C stops)

Try:
  kcat -b ${first} -L
  ${milena} topic create quickstart-events --partitions 3 --bootstrap-server ${first}
  echo hello | kcat -b ${first} -P -t quickstart-events
  kcat -b ${first} -C -t quickstart-events -o beginning -e
  ${milena} quorum describe --bootstrap-controller ${quorum}

`;
}

/** An argv as a shell takes it. */
export function commandLine(argv: readonly string[]): string {
  return argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}
