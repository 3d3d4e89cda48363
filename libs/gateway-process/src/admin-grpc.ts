import { create, toBinary } from '@bufbuild/protobuf';
import type { AdminMethod } from '@milena/gateway-server';
import { success } from '@milena/model';
import type { ServiceHost } from '@milena/platform';
import { decodeMessage, methodPath } from '@milena/rpc';

/** On whose behalf calls are made while nobody is authenticated. */
export const ANONYMOUS = 'User:ANONYMOUS';

/** Offers the admin API over gRPC. */
export function serveAdminGrpc(host: ServiceHost, methods: readonly AdminMethod[]): void {
  for (const { method, answer } of methods) {
    host.unary(methodPath(method), async (bytes, { trace }) => {
      const call = { principal: ANONYMOUS, ...(trace === undefined ? {} : { trace }) };
      const outcome = await answer(decodeMessage(method.input, bytes), call);
      return outcome.ok ? success(toBinary(method.output, create(method.output, outcome.value))) : outcome;
    });
  }
}
