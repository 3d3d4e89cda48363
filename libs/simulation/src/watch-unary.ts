import type { ServiceHost } from '@milena/platform';

/** What is seen of the calls of a method. */
export interface UnaryWatch {
  /** Every request, before it is handled. */
  asked?(request: Uint8Array): void;
  /** Every answer that leaves, with its request. */
  answered(request: Uint8Array, response: Uint8Array): void;
}

/** The same service host with an eye on the calls of `method`. */
export function watchUnary(host: ServiceHost, method: string, watch: UnaryWatch): ServiceHost {
  return {
    stream: (each, accept) => host.stream(each, accept),
    unary: (each, handler) => {
      if (each !== method) return host.unary(each, handler);
      host.unary(each, async (bytes, context) => {
        watch.asked?.(bytes);
        const outcome = await handler(bytes, context);
        if (outcome.ok) watch.answered(bytes, outcome.value);
        return outcome;
      });
    },
  };
}
