import { randomBytes } from 'node:crypto';
import { endpointText, parseEndpoint, randomUuid } from '@milena/model';
import { CommandFailure } from '../command-failure';
import { DEV_KINDS, type DevKind } from './dev-kinds';
import type { DevOptions } from './dev-options';
import { readDevState, writeDevState, type DevNodeState, type DevState } from './dev-state';
import { freePorts, portProblem } from './free-ports';

/** Where a dev cluster listens: loopback only, by number, because `localhost` may mean either address family. */
const HOST = '127.0.0.1';
const PORT_STEP = 100;

/**
 * The cluster in the data folder, laid out now if it is new, with services other than controllers added if more are asked
 * for. Ids and ports of what is there stay. Throws CommandFailure when the number of controllers differs or a port is taken.
 */
export async function layOutCluster(options: DevOptions): Promise<DevState> {
  const before = readDevState(options.data);
  if (before !== undefined && before.controllers.length !== options.controllers) {
    const there = before.controllers.length;
    throw new CommandFailure(
      2,
      `${options.data} holds a cluster with ${there} controllers, not ${options.controllers}: start it with --controllers ${there}, or give a new one another --data`,
    );
  }
  const nextPort = await portSource(options);
  const laidOut = new Map(DEV_KINDS.map((kind) => [kind.group, layOutKind(kind, options, before, nextPort)]));
  const group = (name: DevKind['group']) => laidOut.get(name) ?? [];
  const state: DevState = {
    clusterId: before?.clusterId ?? randomUuid(randomBytes),
    controllers: group('controllers').map((node, index) => ({
      ...node,
      directoryId: before?.controllers[index]?.directoryId ?? randomUuid(randomBytes),
    })),
    brokers: group('brokers'),
    gateways: group('gateways'),
    shims: group('shims'),
  };
  await checkPorts(state);
  writeDevState(options.data, { ...state, ...withThoseNotAskedFor(state, before) });
  return state;
}

function layOutKind(
  { group, firstId, ports }: DevKind,
  options: DevOptions,
  before: DevState | undefined,
  nextPort: PortSource,
): readonly DevNodeState[] {
  return Array.from({ length: options[group] }, (_, index) => {
    const { id = firstId + index, listeners: known = {} } = before?.[group][index] ?? {};
    const listeners = Object.entries(ports).map(([name, port]) => [
      name,
      known[name] ?? endpointText({ host: HOST, port: nextPort(port + PORT_STEP * index) }),
    ]);
    return { id, listeners: Object.fromEntries(listeners) as Record<string, string> };
  });
}

/** The description keeps the services this start leaves out, so that they come back with their ids and ports. */
function withThoseNotAskedFor(
  state: DevState,
  before: DevState | undefined,
): Pick<DevState, 'brokers' | 'gateways' | 'shims'> {
  const all = (group: 'brokers' | 'gateways' | 'shims') => [
    ...state[group],
    ...(before?.[group].slice(state[group].length) ?? []),
  ];
  return { brokers: all('brokers'), gateways: all('gateways'), shims: all('shims') };
}

type PortSource = (byDefault: number) => number;

async function portSource(options: DevOptions): Promise<PortSource> {
  if (!options.anyPort) return (byDefault) => byDefault;
  const count = DEV_KINDS.reduce((sum, { group, ports }) => sum + options[group] * Object.keys(ports).length, 0);
  const ports = await freePorts(HOST, count);
  let next = 0;
  return (byDefault) => ports[next++] ?? byDefault;
}

async function checkPorts(state: DevState): Promise<void> {
  const wanted = DEV_KINDS.flatMap(({ role, group }) =>
    state[group].flatMap(({ id, listeners }) =>
      Object.entries(listeners).map(([name, text]) => ({ name, text, owner: `${role} ${id}` })),
    ),
  );
  const problems = await Promise.all(
    wanted.map(async ({ name, text, owner }) => {
      const endpoint = parseEndpoint(text);
      const problem = endpoint === undefined ? 'not an address' : await portProblem(endpoint.host, endpoint.port);
      if (problem === undefined) return undefined;
      return problem === 'EADDRINUSE'
        ? `port ${endpoint?.port ?? text} is taken, which the listener ${name} of ${owner} needs`
        : `cannot listen on ${text}, which the listener ${name} of ${owner} needs: ${problem}`;
    }),
  );
  const found = problems.filter((problem) => problem !== undefined);
  if (found.length === 0) return;
  const hint = 'stop what uses it, or start with --any-port and a --data folder of its own';
  throw new CommandFailure(1, `${found.join('; ')}; ${hint}`);
}
