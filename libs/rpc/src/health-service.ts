import { create, toBinary, type DescMessage, type MessageShape } from '@bufbuild/protobuf';
import type { Server, ServerUnaryCall, ServerWritableStream, sendUnaryData } from '@grpc/grpc-js';
import {
  Health,
  HealthCheckResponse_ServingStatus as ServingStatus,
  HealthCheckRequestSchema,
  HealthCheckResponseSchema,
  HealthListRequestSchema,
  HealthListResponseSchema,
  type HealthCheckRequest,
  type HealthCheckResponse,
  type HealthListResponse,
} from '@milena/proto';
import { failureStatus } from './failure-status';
import { decodeMessage, methodPath } from './typed-service';

/** Whether services can do their work, as orchestrators and load balancers ask for it (grpc.health.v1). */
export interface HealthService {
  /** Sets the state of a service (`milena.raft.v1.RaftService`), or of the whole server (the empty name). */
  setServing(service: string, serving: boolean): void;
  /** Adds Check, List and Watch to a server that does not listen yet. */
  register(grpc: Server): void;
}

type Watcher = ServerWritableStream<HealthCheckRequest, HealthCheckResponse>;

const encodeWith =
  <S extends DescMessage>(schema: S) =>
  (message: MessageShape<S>): Buffer =>
    Buffer.from(toBinary(schema, message));
const decodeWith =
  <S extends DescMessage>(schema: S) =>
  (bytes: Buffer): MessageShape<S> =>
    decodeMessage(schema, bytes);

class ServingStates implements HealthService {
  readonly #states = new Map<string, ServingStatus>([['', ServingStatus.NOT_SERVING]]);
  readonly #watchers = new Map<Watcher, ServingStatus>();

  setServing(service: string, serving: boolean): void {
    this.#states.set(service, serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
    for (const watcher of [...this.#watchers.keys()]) if (watcher.request.service === service) this.#tell(watcher);
  }

  register(grpc: Server): void {
    const { check, list, watch } = Health.method;
    const encode = encodeWith(HealthCheckResponseSchema);
    const decode = decodeWith(HealthCheckRequestSchema);
    grpc.register(
      methodPath(check),
      (call: ServerUnaryCall<HealthCheckRequest, HealthCheckResponse>, respond: sendUnaryData<HealthCheckResponse>) =>
        this.#check(call.request.service, respond),
      encode,
      decode,
      'unary',
    );
    grpc.register(
      methodPath(list),
      (_call: unknown, respond: sendUnaryData<HealthListResponse>) => respond(null, this.#list()),
      encodeWith(HealthListResponseSchema),
      decodeWith(HealthListRequestSchema),
      'unary',
    );
    grpc.register(methodPath(watch), (call: Watcher) => this.#watch(call), encode, decode, 'serverStream');
  }

  #check(service: string, respond: sendUnaryData<HealthCheckResponse>): void {
    const status = this.#states.get(service);
    if (status === undefined) {
      respond(failureStatus({ code: 'RESOURCE_NOT_FOUND', message: `no service ${JSON.stringify(service)} here` }));
    } else {
      respond(null, create(HealthCheckResponseSchema, { status }));
    }
  }

  #list(): HealthListResponse {
    const statuses = Object.fromEntries([...this.#states].map(([service, status]) => [service, { status }]));
    return create(HealthListResponseSchema, { statuses });
  }

  #watch(call: Watcher): void {
    const forget = (): void => void this.#watchers.delete(call);
    call.on('cancelled', forget);
    call.on('close', forget);
    call.on('error', forget);
    this.#watchers.set(call, ServingStatus.UNKNOWN);
    this.#tell(call);
  }

  /** Sends the state unless the watcher has it already. */
  #tell(watcher: Watcher): void {
    const status = this.#states.get(watcher.request.service) ?? ServingStatus.SERVICE_UNKNOWN;
    if (this.#watchers.get(watcher) === status) return;
    this.#watchers.set(watcher, status);
    watcher.write(create(HealthCheckResponseSchema, { status }));
  }
}

/** A health service that answers NOT_SERVING for the whole server until told otherwise. */
export function createHealthService(): HealthService {
  return new ServingStates();
}
