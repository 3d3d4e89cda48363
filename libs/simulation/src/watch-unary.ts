import type { ServiceHost } from '@milena/platform';

/** The same service host; `answered` sees each answer that leaves to a call of `method`, with its request. */
export function watchUnary(
  host: ServiceHost,
  method: string,
  answered: (request: Uint8Array, response: Uint8Array) => void,
): ServiceHost {
  return {
    stream: (each, accept) => host.stream(each, accept),
    unary: (each, handler) => {
      if (each !== method) return host.unary(each, handler);
      host.unary(each, async (bytes, context) => {
        const outcome = await handler(bytes, context);
        if (outcome.ok) answered(bytes, outcome.value);
        return outcome;
      });
    },
  };
}
