import { parseEndpoint, type Endpoint } from '@milena/model';
import { CommandFailure } from '../command-failure';

/** The brokers of `host:port,...`; throws CommandFailure for a text that is none. */
export function bootstrapEndpoints(text: string): Endpoint[] {
  return text.split(',').map((item) => {
    const endpoint = parseEndpoint(item);
    if (endpoint !== undefined) return endpoint;
    throw new CommandFailure(2, `--bootstrap-server ${text}: must be host:port,...`);
  });
}
