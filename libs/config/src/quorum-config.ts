import type { ConfigProblem, ServerConfig } from '@milena/config-schema';
import { parseReachableEndpoint, type Endpoint } from '@milena/model';

/** A voter of the static set. */
export interface StaticVoter {
  readonly id: number;
  readonly endpoint: Endpoint;
}

/** How a node finds its quorum. At least one of the lists has an item. */
export interface QuorumConfig {
  /** `controller.quorum.voters`; empty where the voter set is the one written at format. */
  readonly voters: readonly StaticVoter[];
  /** `controller.quorum.bootstrap.servers`, else the addresses of the static voters. */
  readonly bootstrap: readonly Endpoint[];
  /** `controller.quorum.auto.join.enable`: a controller that is no voter asks to become one. */
  readonly autoJoin: boolean;
  /** The `controller.quorum.*` timers and limits. */
  readonly settings: QuorumSettings;
}

/** Timers and limits of the quorum. */
export interface QuorumSettings {
  readonly electionTimeoutMs: number;
  readonly fetchTimeoutMs: number;
  readonly electionBackoffMaxMs: number;
  readonly requestTimeoutMs: number;
  readonly retryBackoffMs: number;
  readonly fetchMaxBytes: number;
  readonly fetchSnapshotMaxBytes: number;
}

/** Reads the quorum's keys; what is wrong is added to `problems`. */
export function quorumConfig(server: ServerConfig, problems: ConfigProblem[]): QuorumConfig {
  const voters = staticVoters(server, problems);
  const key = 'controller.quorum.bootstrap.servers';
  const bootstrap: Endpoint[] = [];
  for (const item of server.list(key)) {
    const endpoint = parseReachableEndpoint(item);
    if (endpoint !== undefined) bootstrap.push(endpoint);
    else {
      const message = `must be host:port items (got ${JSON.stringify(item)})`;
      problems.push({ origin: server.origin(key), key, message });
    }
  }
  if (!server.isGiven(key) && !server.isGiven('controller.quorum.voters')) {
    const message = 'is required and not set (controller.quorum.voters may stand in for it)';
    problems.push({ origin: undefined, key, message });
  }
  return {
    voters,
    bootstrap: bootstrap.length > 0 ? bootstrap : voters.map(({ endpoint }) => endpoint),
    autoJoin: server.boolean('controller.quorum.auto.join.enable'),
    settings: quorumSettings(server),
  };
}

function quorumSettings(server: ServerConfig): QuorumSettings {
  return {
    electionTimeoutMs: server.number('controller.quorum.election.timeout.ms'),
    fetchTimeoutMs: server.number('controller.quorum.fetch.timeout.ms'),
    electionBackoffMaxMs: server.number('controller.quorum.election.backoff.max.ms'),
    requestTimeoutMs: server.number('controller.quorum.request.timeout.ms'),
    retryBackoffMs: server.number('controller.quorum.retry.backoff.ms'),
    fetchMaxBytes: server.number('controller.quorum.fetch.max.bytes'),
    fetchSnapshotMaxBytes: server.number('controller.quorum.fetch.snapshot.max.bytes'),
  };
}

function staticVoters(server: ServerConfig, problems: ConfigProblem[]): readonly StaticVoter[] {
  const key = 'controller.quorum.voters';
  const origin = server.origin(key);
  const voters: StaticVoter[] = [];
  for (const item of server.list(key)) {
    const match = /^(\d{1,10})@(.+)$/.exec(item);
    const id = Number(match?.[1]);
    const endpoint = parseReachableEndpoint(match?.[2] ?? '');
    if (match === null || endpoint === undefined) {
      problems.push({ origin, key, message: `must be id@host:port items (got ${JSON.stringify(item)})` });
    } else if (voters.some((voter) => voter.id === id)) {
      problems.push({ origin, key, message: `names voter ${id} twice` });
    } else {
      voters.push({ id, endpoint });
    }
  }
  const id = server.number('node.id');
  const isVoter = voters.some((voter) => voter.id === id);
  const isController = server.list('process.roles').includes('controller');
  if (voters.length > 0 && isController !== isVoter) {
    const message = isController
      ? `node.id ${id} has the controller role and must be one of the voters`
      : `node.id ${id} has no controller role and must not be one of the voters`;
    problems.push({ origin, key, message });
  }
  return voters;
}
