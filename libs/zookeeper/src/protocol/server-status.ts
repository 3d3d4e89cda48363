/** One client, as `stat` lists it. */
export interface ClientStatus {
  /** `host:port`. */
  readonly address: string;
  readonly queued: number;
  readonly received: number;
  readonly sent: number;
}

/** What the four-letter words tell of a server. */
export interface ServerStatus {
  /** As in `3.8.4-<revision>, built on <date>`; tools take the numbers in front. */
  readonly version: string;
  readonly mode: 'observer' | 'read-only';
  readonly latencyMs: { readonly min: number; readonly avg: number; readonly max: number };
  readonly received: number;
  readonly sent: number;
  readonly clients: readonly ClientStatus[];
  readonly outstanding: number;
  readonly zxid: number;
  readonly znodeCount: number;
  readonly ephemeralCount: number;
  readonly watchCount: number;
}

/** The answer to `srvr`. */
export function srvrText(status: ServerStatus): string {
  return `Zookeeper version: ${status.version}\n${countersText(status)}`;
}

/** The answer to `stat`: the same with the clients. */
export function statText(status: ServerStatus): string {
  const clients = status.clients.map(
    ({ address, queued, received, sent }) => ` /${address}[1](queued=${queued},recved=${received},sent=${sent})\n`,
  );
  return `Zookeeper version: ${status.version}\nClients:\n${clients.join('')}\n${countersText(status)}`;
}

/** The answer to `mntr`: one `zk_name<tab>value` a line. */
export function mntrText(status: ServerStatus): string {
  const { latencyMs } = status;
  const values: readonly (readonly [name: string, value: string | number])[] = [
    ['version', status.version],
    ['server_state', status.mode],
    ['avg_latency', latencyMs.avg.toFixed(4)],
    ['max_latency', Math.round(latencyMs.max)],
    ['min_latency', Math.round(latencyMs.min)],
    ['packets_received', status.received],
    ['packets_sent', status.sent],
    ['num_alive_connections', status.clients.length],
    ['outstanding_requests', status.outstanding],
    ['znode_count', status.znodeCount],
    ['watch_count', status.watchCount],
    ['ephemerals_count', status.ephemeralCount],
  ];
  return values.map(([name, value]) => `zk_${name}\t${value}\n`).join('');
}

/** `name=value` lines, as `conf` and, behind a headline, `envi` answer. */
export function settingsText(settings: Readonly<Record<string, string | number>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

function countersText(status: ServerStatus): string {
  const { min, avg, max } = status.latencyMs;
  return [
    `Latency min/avg/max: ${Math.round(min)}/${avg.toFixed(1)}/${Math.round(max)}`,
    `Received: ${status.received}`,
    `Sent: ${status.sent}`,
    `Connections: ${status.clients.length}`,
    `Outstanding: ${status.outstanding}`,
    `Zxid: 0x${status.zxid.toString(16)}`,
    `Mode: ${status.mode}`,
    `Node count: ${status.znodeCount}`,
    '',
  ].join('\n');
}
