import { createServer, type AddressInfo, type Server as NetServer, type Socket } from 'node:net';
import {
  Server,
  type ServerDuplexStream,
  type ServerOptions,
  type ServerUnaryCall,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { endpointText, invariant, type Endpoint } from '@milena/model';
import {
  noMeter,
  noTracer,
  silentLogger,
  type CallContext,
  type Logger,
  type Meter,
  type ServiceHost,
  type StreamAcceptor,
  type TraceContext,
  type Tracer,
  type UnaryHandler,
} from '@milena/platform';
import { Health } from '@milena/proto';
import { createCallInstruments, type ObservedCall, type ObserveCall } from './call-instruments';
import type { HealthService } from './health-service';
import { incomingTrace } from './incoming-trace';
import { deserializeBytes, serializeBytes } from './pass-through';
import { PeerConnections, type PeerConnection } from './peer-connections';
import { createReflection, REFLECTION_METHODS } from './reflection-service';
import { acceptServerStream } from './server-stream';
import { answerUnary } from './server-unary';
import { limitStreamResets } from './stream-reset-limit';
import { serverCredentials, type TlsFiles } from './tls-files';

/** Settings of a server. Times are milliseconds, sizes bytes. */
export interface GrpcServerOptions {
  /** Address to listen on; empty for all. */
  readonly host: string;
  /** Port to listen on; 0 lets the system choose. */
  readonly port: number;
  /** Plain text when left out. */
  readonly tls?: TlsFiles;
  /** Served beside the registered methods. */
  readonly health?: HealthService;
  readonly logger?: Logger;
  readonly tracer?: Tracer;
  readonly meter?: Meter;
  /** Whether a call that brings no trace begins one, as at a server for people; false where heartbeats would drown all else. */
  readonly startsTraces?: boolean;
  /** Connections are probed this often; 5 s. */
  readonly keepAliveMs?: number;
  /** A probe unanswered for this long breaks the connection; 5 s. */
  readonly keepAliveTimeoutMs?: number;
  /** Longest message accepted from a caller; 4 MiB. */
  readonly maxReceiveBytes?: number;
  /** Unsent bytes past which a stream is cancelled; 64 MiB. */
  readonly maxQueuedBytes?: number;
  /** Calls under way on one connection; 128. */
  readonly maxConcurrentCalls?: number;
  /** Connections open at once; 10000. */
  readonly maxConnections?: number;
}

/** A gRPC server that other code registers methods with. It offers reflection (v1 and v1alpha) of all it serves. */
export interface GrpcServer extends ServiceHost {
  /** Starts listening; resolves to where. Rejects with the system's error, its code EADDRINUSE when the port is taken. */
  start(): Promise<Endpoint>;
  /** Stops accepting, lets calls under way end for at most `graceMs`, then breaks the connections. May be started again. */
  stop(graceMs?: number): Promise<void>;
}

const MIB = 1024 * 1024;
/** Tools ask one question at a time; short ones have long answers, which nobody may pile up on 128 streams at once. */
const REFLECTION_QUEUED_BYTES_MAX = 256 * 1024;

function grpcOptions(options: GrpcServerOptions): ServerOptions {
  return {
    'grpc.keepalive_time_ms': options.keepAliveMs ?? 5000,
    'grpc.keepalive_timeout_ms': options.keepAliveTimeoutMs ?? 5000,
    'grpc.max_receive_message_length': options.maxReceiveBytes ?? 4 * MIB,
    'grpc.max_send_message_length': -1,
    'grpc.max_concurrent_streams': options.maxConcurrentCalls ?? 128,
    'grpc.enable_channelz': 0,
  };
}

/** A bidirectional method as it is served. */
interface ServedStream {
  readonly method: string;
  readonly accept: StreamAcceptor;
  /** Unsent bytes past which a stream is cancelled. */
  readonly maxQueuedBytes: number;
}

/** One period of listening. */
interface Listening {
  readonly grpc: Server;
  readonly sockets: NetServer;
  readonly connections: PeerConnections;
}

class RegisteringServer implements GrpcServer {
  readonly #unary = new Map<string, UnaryHandler>();
  readonly #streams = new Map<string, StreamAcceptor>();
  readonly #observe: ObserveCall;
  readonly #logger: Logger;
  #listening: Listening | undefined;

  constructor(readonly options: GrpcServerOptions) {
    const { tracer = noTracer, meter = noMeter, logger = silentLogger, startsTraces = false } = options;
    this.#observe = createCallInstruments({ side: 'server', tracer, meter, startsTraces });
    this.#logger = logger;
  }

  unary(method: string, handler: UnaryHandler): void {
    this.#checkNew(method);
    this.#unary.set(method, handler);
  }

  stream(method: string, accept: StreamAcceptor): void {
    this.#checkNew(method);
    this.#streams.set(method, accept);
  }

  async start(): Promise<Endpoint> {
    invariant(this.#listening === undefined, 'the server listens already');
    const grpc = new Server(grpcOptions(this.options));
    limitStreamResets(grpc);
    const connections = new PeerConnections();
    for (const [method, handler] of this.#unary) this.#registerUnary(grpc, connections, method, handler);
    const { maxQueuedBytes = 64 * MIB } = this.options;
    for (const [method, accept] of this.#streams) {
      this.#registerStream(grpc, connections, { method, accept, maxQueuedBytes });
    }
    this.options.health?.register(grpc);
    const reflection = createReflection(this.#serviceNames());
    for (const method of REFLECTION_METHODS) {
      const served = { method, accept: reflection, maxQueuedBytes: REFLECTION_QUEUED_BYTES_MAX };
      this.#registerStream(grpc, connections, served);
    }
    const injector = grpc.createConnectionInjector(serverCredentials(this.options.tls));
    const sockets = createServer((socket) => {
      this.#watch(socket, connections);
      injector.injectConnection(socket);
    });
    sockets.maxConnections = this.options.maxConnections ?? 10_000;
    this.#listening = { grpc, sockets, connections };
    try {
      return await this.#listen(sockets);
    } catch (error) {
      this.#listening = undefined;
      grpc.forceShutdown();
      throw error;
    }
  }

  async stop(graceMs = 0): Promise<void> {
    const listening = this.#listening;
    if (listening === undefined) return;
    this.#listening = undefined;
    const { grpc, sockets, connections } = listening;
    const closed = new Promise<void>((resolve) => sockets.close(() => resolve()));
    if (graceMs > 0) {
      // Ends each connection after its last call; grpc-js's own answer comes too early, so the sockets are waited for.
      grpc.tryShutdown(() => {});
      await settledWithin(closed, graceMs);
    }
    grpc.forceShutdown();
    connections.destroyAll();
    await closed;
  }

  #serviceNames(): readonly string[] {
    const names = new Set([...this.#unary.keys(), ...this.#streams.keys()].map((path) => path.split('/')[1] ?? ''));
    if (this.options.health !== undefined) names.add(Health.typeName);
    return [...names];
  }

  #checkNew(method: string): void {
    invariant(!this.#unary.has(method) && !this.#streams.has(method), 'the method is registered already', { method });
    invariant(this.#listening === undefined, 'methods are registered before the server starts', { method });
  }

  #listen(sockets: NetServer): Promise<Endpoint> {
    const { host, port } = this.options;
    return new Promise((resolve, reject) => {
      sockets.once('error', reject);
      sockets.listen({ ...(host === '' ? {} : { host }), port }, () => {
        sockets.off('error', reject);
        sockets.on('error', (error) => this.#logger.error('accepting connections failed', { error: error.message }));
        const { address, port: boundPort } = sockets.address() as AddressInfo;
        resolve({ host: host === '' ? address : host, port: boundPort });
      });
    });
  }

  #watch(socket: Socket, connections: PeerConnections): void {
    // A peer that sends garbage or resets must cost us its connection and nothing else.
    socket.on('error', (error) => this.#logger.debug('a connection failed', { error: error.message }));
    socket.setNoDelay(true);
    connections.add(socket);
  }

  #registerUnary(grpc: Server, connections: PeerConnections, method: string, handler: UnaryHandler): void {
    const answer = (call: ServerUnaryCall<Uint8Array, Uint8Array>, respond: sendUnaryData<Uint8Array>): void => {
      const [traceparent] = call.metadata.get('traceparent');
      const parent = incomingTrace(traceparent);
      const connection = connections.find(call.getPeer());
      const observed = this.#begin(method, connection, true, parent);
      const { trace } = observed;
      const context: CallContext = { peer: connection.peer, ...(trace === undefined ? {} : { trace }) };
      void answerUnary(handler, call.request, context, observed, respond);
    };
    grpc.register(method, answer, serializeBytes, deserializeBytes, 'unary');
  }

  #registerStream(grpc: Server, connections: PeerConnections, { method, accept, maxQueuedBytes }: ServedStream): void {
    const answer = (call: ServerDuplexStream<Uint8Array, Uint8Array>): void => {
      const connection = connections.find(call.getPeer());
      const observed = this.#begin(method, connection, false);
      acceptServerStream(call, accept, { context: { peer: connection.peer }, connection, observed, maxQueuedBytes });
    };
    grpc.register(method, answer, serializeBytes, deserializeBytes, 'bidi');
  }

  #begin(method: string, { peer }: PeerConnection, traced: boolean, parent?: TraceContext): ObservedCall {
    return this.#observe({ method, traced, parent, attributes: { 'network.peer.address': peer } });
  }
}

/** Waits until a promise has resolved, or the time is over. */
function settledWithin(promise: Promise<void>, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    void promise.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** A gRPC server that does not listen yet. */
export function createGrpcServer(options: GrpcServerOptions): GrpcServer {
  return new RegisteringServer(options);
}

/** What to tell people of an error from `start`: a taken port by its address. */
export function listenErrorText(error: unknown, endpoint: Endpoint): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE') return `port ${endpointText(endpoint)} is taken by another process`;
  return `cannot listen on ${endpointText(endpoint)}: ${code ?? String(error)}`;
}
