import { randomBytes } from 'node:crypto';
import { endpointText, parseEndpoint, randomUuid } from '@milena/model';
import { CommandFailure } from '../command-failure';
import type { DevOptions } from './dev-options';
import { readDevState, writeDevState, type DevNodeState, type DevState } from './dev-state';
import { freePorts, portProblem } from './free-ports';

/** Where a dev cluster listens: loopback only, by number, because `localhost` may mean either address family. */
const HOST = '127.0.0.1';
const FIRST_CONTROLLER_ID = 101;
/** Default ports of the first node of a kind; the n-th adds 100 * (n - 1). */
const BROKER_PORTS = { PLAINTEXT: 9092, INTERNAL: 9094 };
const CONTROLLER_PORTS = { CONTROLLER: 9093 };
const PORT_STEP = 100;

/**
 * The cluster in the data folder, laid out now if it is new, with brokers added if more are asked for. Ids and ports of
 * what is there stay. Throws CommandFailure when the number of controllers differs or a port is taken.
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
  const controllers =
    before?.controllers ??
    range(options.controllers).map((index) => ({
      id: FIRST_CONTROLLER_ID + index,
      directoryId: randomUuid(randomBytes),
      listeners: listeners(CONTROLLER_PORTS, index, nextPort),
    }));
  const brokers = range(options.brokers).map(
    (index) => before?.brokers[index] ?? { id: 1 + index, listeners: listeners(BROKER_PORTS, index, nextPort) },
  );
  const notAskedFor = before?.brokers.slice(options.brokers) ?? [];
  const state = { clusterId: before?.clusterId ?? randomUuid(randomBytes), controllers, brokers };
  await checkPorts(state);
  writeDevState(options.data, { ...state, brokers: [...brokers, ...notAskedFor] });
  return state;
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

type PortSource = (byDefault: number) => number;

async function portSource({ anyPort, brokers, controllers }: DevOptions): Promise<PortSource> {
  if (!anyPort) return (byDefault) => byDefault;
  const ports = await freePorts(HOST, brokers * Object.keys(BROKER_PORTS).length + controllers);
  let next = 0;
  return (byDefault) => ports[next++] ?? byDefault;
}

function listeners(
  ports: Readonly<Record<string, number>>,
  index: number,
  nextPort: PortSource,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(ports).map(([name, port]) => [
      name,
      endpointText({ host: HOST, port: nextPort(port + PORT_STEP * index) }),
    ]),
  );
}

async function checkPorts(state: DevState): Promise<void> {
  const wanted = [
    ...state.controllers.map((node) => ({ role: 'controller', node })),
    ...state.brokers.map((node) => ({ role: 'broker', node })),
  ].flatMap(({ role, node }: { role: string; node: DevNodeState }) =>
    Object.entries(node.listeners).map(([name, text]) => ({ name, text, owner: `${role} ${node.id}` })),
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
