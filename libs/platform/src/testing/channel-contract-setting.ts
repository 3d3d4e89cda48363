import { MalformedInput } from '@milena/bytes';
import { failure, success, type Endpoint } from '@milena/model';
import type { Channel, ChannelFailure, ChannelStream, Connector, ServiceHost, StreamHandlers } from '../channel';

/** A server under test that listens. */
export interface ContractServer {
  readonly endpoint: Endpoint;
  /** Stops at once: connections break. */
  stop(): Promise<void>;
  /** Listens at the same endpoint again. */
  restart(): Promise<void>;
}

/** A network under test. The bound on unsent bytes of a stream must be `MAX_QUEUED_BYTES`. */
export interface ChannelContractSubject {
  readonly connector: Connector;
  startServer(register: (host: ServiceHost) => void): Promise<ContractServer>;
  /** An endpoint where nobody listens. */
  unusedEndpoint(): Promise<Endpoint>;
  /** Waits for a promise of the network, as its kind of time demands. */
  settle<T>(promise: Promise<T>): Promise<T>;
  /** Lets time pass until the condition holds. */
  waitFor(condition: () => boolean): Promise<void>;
  cleanUp(): Promise<void>;
}

/** Bound on unsent bytes that the network of a contract subject must have. */
export const MAX_QUEUED_BYTES = 4 * 1024 * 1024;

/** Methods the contract's server has. */
export const CONTRACT_METHODS = {
  echo: '/milena.test.v1.TestService/Echo',
  fail: '/milena.test.v1.TestService/Fail',
  malformed: '/milena.test.v1.TestService/Malformed',
  silent: '/milena.test.v1.TestService/Silent',
  trace: '/milena.test.v1.TestService/Trace',
  stream: '/milena.test.v1.TestService/Stream',
  missing: '/milena.test.v1.TestService/Missing',
} as const;

/** One end of a stream that notes what it sees. */
export interface Recorded extends StreamHandlers {
  readonly messages: string[];
  readonly closed: (ChannelFailure | undefined)[];
}

/** Handlers that note what they see. */
export function recorded(): Recorded {
  const messages: string[] = [];
  const closed: (ChannelFailure | undefined)[] = [];
  return {
    messages,
    closed,
    onMessage: (message) => void messages.push(Buffer.from(message).toString()),
    onClosed: (reason) => void closed.push(reason),
  };
}

/** A message of a text. */
export function bytes(text: string): Uint8Array {
  return Buffer.from(text);
}

/** What one spec of the contract works with. */
export interface ContractSetting {
  readonly subject: ChannelContractSubject;
  readonly server: ContractServer;
  readonly channel: Channel;
  /** Streams the server accepted, with what it saw. */
  readonly accepted: readonly { readonly stream: ChannelStream; readonly seen: Recorded }[];
}

/** The setting of the spec that runs. */
export type CurrentSetting = () => ContractSetting;

/** Registers the contract's methods; streams the server accepts are added to `accepted`. */
export function registerContractMethods(host: ServiceHost, accepted: ContractSetting['accepted'][number][]): void {
  host.unary(CONTRACT_METHODS.echo, (request) => Promise.resolve(success(request)));
  host.unary(CONTRACT_METHODS.fail, () => Promise.resolve(failure('NOT_CONTROLLER', 'node 3 leads: né')));
  host.unary(CONTRACT_METHODS.malformed, () => Promise.reject(new MalformedInput('a varint runs past the end')));
  host.unary(CONTRACT_METHODS.silent, () => new Promise(() => {}));
  host.unary(CONTRACT_METHODS.trace, (_request, { trace }) =>
    Promise.resolve(success(bytes(trace?.traceparent ?? 'none'))),
  );
  host.stream(CONTRACT_METHODS.stream, (stream) => {
    const seen = recorded();
    accepted.push({ stream, seen });
    return {
      onMessage: (message) => {
        if (Buffer.from(message).toString() === 'malformed') throw new MalformedInput('not a message');
        seen.onMessage(message);
      },
      onClosed: (reason) => seen.onClosed(reason),
    };
  });
}
