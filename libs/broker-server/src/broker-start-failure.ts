import type { ErrorName } from '@milena/model';

/** The cluster refuses this broker, and trying again would not help. The message says why in the controller's words. */
export class BrokerStartFailure extends Error {
  override readonly name = 'BrokerStartFailure';

  constructor(
    readonly code: ErrorName,
    message: string,
  ) {
    super(message);
  }
}
