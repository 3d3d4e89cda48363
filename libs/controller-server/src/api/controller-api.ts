import { MalformedInput } from '@milena/bytes';
import type { Rpc } from '@milena/cluster-protocol';
import { failure, success, type Result } from '@milena/model';
import type { ServiceHost, TraceContext } from '@milena/platform';
import type { QuorumController } from '../quorum-controller';

/** One RPC as the controller serves it: translate, decide, answer once committed. */
export interface ControllerApi<Request, Response> {
  readonly rpc: Rpc<Request, Response>;
  /** A failure says that the call itself did not work (NOT_CONTROLLER, REQUEST_TIMED_OUT ...). Refusals stand in the response. */
  handle(
    controller: QuorumController,
    request: Request,
    trace: { readonly trace?: TraceContext },
  ): Promise<Result<Response>>;
}

/**
 * Registers an RPC. What comes during an election waits for its outcome. Bytes that are no request are INVALID_REQUEST;
 * anything else thrown is a broken invariant.
 */
export function serveApi<Request, Response>(
  host: ServiceHost,
  controller: QuorumController,
  { rpc, handle }: ControllerApi<Request, Response>,
): void {
  host.unary(rpc.method, async (bytes, { trace }) => {
    try {
      const request = rpc.decodeRequest(bytes);
      await controller.electionWait.over();
      const result = await handle(controller, request, trace === undefined ? {} : { trace });
      return result.ok ? success(rpc.encodeResponse(result.value)) : result;
    } catch (error) {
      if (error instanceof MalformedInput) return failure('INVALID_REQUEST', error.message);
      controller.options.onFatal(error instanceof Error ? error : new Error(String(error)));
      return failure('UNKNOWN_SERVER_ERROR', 'the controller failed');
    }
  });
}
