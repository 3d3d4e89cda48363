import { Client, credentials, Metadata } from '@grpc/grpc-js';

const bytes = (value) => Buffer.from(value);

/**
 * Calls one controller as any gRPC client does: while nobody listens, most calls fail at once without a connection being
 * tried. Our own channels try anew with every call, which a caller without pause would pay for with a processor.
 */
export class GrpcCaller {
  #client;

  constructor({ host, port }) {
    this.#client = new Client(`${host}:${port}`, credentials.createInsecure(), {
      'grpc.use_local_subchannel_pool': 1,
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 200,
    });
  }

  /** The encoded answer or the error, as a Channel gives them. */
  unary(method, request, { timeoutMs }) {
    return new Promise((resolve) => {
      const deadline = Date.now() + timeoutMs;
      this.#client.makeUnaryRequest(method, bytes, bytes, request, new Metadata(), { deadline }, (error, value) =>
        resolve(error === null ? { ok: true, value } : { ok: false, error }),
      );
    });
  }
}
