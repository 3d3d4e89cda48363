import { endpointText, type Endpoint } from '@milena/model';

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is taken by another process',
  EADDRNOTAVAIL: 'this machine has no such address',
  EACCES: 'this process may not use the port',
  ENOTFOUND: 'the host name is not known',
};

/** A listener could not be opened; the message names host and port. */
export class ListenFailure extends Error {
  override readonly name = 'ListenFailure';
  /** The system's code, e.g. EADDRINUSE. */
  readonly code: string;

  constructor(
    listenerName: string,
    readonly endpoint: Endpoint,
    cause: NodeJS.ErrnoException,
  ) {
    const code = cause.code ?? 'UNKNOWN';
    super(`listener ${listenerName} cannot listen on ${endpointText(endpoint)}: ${REASONS[code] ?? cause.message}`, {
      cause,
    });
    this.code = code;
  }
}
