import { errorInfo, parseEndpoint, type Endpoint, type Result } from '@milena/model';
import { createQuorumLeaderChannel, type QuorumLeaderChannel } from '@milena/raft-driver';
import type { ResponseFacts } from '@milena/raft';
import { createGrpcConnector } from '@milena/rpc';
import { CommandFailure } from '../command-failure';
import type { OutputFormat } from '../output/printer';
import { storagePlatform } from './storage-platform';

/** Options of every command that asks controllers. */
export interface QuorumOptions {
  /** `host:port,...`. */
  readonly bootstrapController: string;
  readonly output: OutputFormat;
}

/** Asks the leader of the quorum, wherever it is; throws CommandFailure with what the quorum answered otherwise. */
export async function askQuorum<Response extends ResponseFacts & { readonly message?: string }>(
  { bootstrapController }: Pick<QuorumOptions, 'bootstrapController'>,
  ask: (quorum: QuorumLeaderChannel) => Promise<Result<Response>>,
): Promise<Response> {
  const quorum = createQuorumLeaderChannel({
    platform: storagePlatform(),
    connector: createGrpcConnector(),
    bootstrap: controllers(bootstrapController),
  });
  try {
    const answer = await ask(quorum);
    if (!answer.ok)
      throw new CommandFailure(isLate(answer.error.code) ? 124 : 1, `${answer.error.code}: ${answer.error.message}`);
    const { error, message } = answer.value;
    if (error === 'NONE') return answer.value;
    throw new CommandFailure(exitCodeOf(error), `${error}: ${message ?? errorInfo(error).text}`);
  } finally {
    quorum.close();
  }
}

function exitCodeOf(error: ResponseFacts['error']): 1 | 3 | 124 {
  if (error === 'VOTER_NOT_FOUND') return 3;
  return isLate(error) ? 124 : 1;
}

function isLate(error: string): boolean {
  return error === 'REQUEST_TIMED_OUT';
}

function controllers(text: string): readonly Endpoint[] {
  return text.split(',').map((item) => {
    const endpoint = parseEndpoint(item.trim());
    if (endpoint !== undefined) return endpoint;
    throw new CommandFailure(2, `--bootstrap-controller ${text}: must be host:port,...`);
  });
}
