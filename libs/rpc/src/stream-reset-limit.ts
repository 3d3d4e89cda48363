import type { Server } from '@grpc/grpc-js';

/** Resets a peer may send at once: as many as the calls it may have under way, which it may all give up together. */
const RESETS_AT_ONCE = 128;
/** Resets a peer may send per second in the long run. */
const RESETS_PER_SECOND = 32;

/**
 * Makes a server end connections that open streams only to reset them (CVE-2023-44487): each costs the server a call, and
 * the limit on calls under way never sees it. Node's HTTP/2 can do it, and grpc-js has no option for it, so this reaches into
 * a private field of grpc-js 1.14; it must be called before the server makes an injector or binds. False when the field is
 * not there any more: the limit is Node's own then, 1000 at once.
 */
export function limitStreamResets(server: Server): boolean {
  const { commonServerOptions } = server as unknown as { readonly commonServerOptions?: Record<string, unknown> };
  if (commonServerOptions === undefined) return false;
  Object.assign(commonServerOptions, { streamResetBurst: RESETS_AT_ONCE, streamResetRate: RESETS_PER_SECOND });
  return true;
}
