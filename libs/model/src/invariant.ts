/** A broken invariant: the process must log it and exit, because its state can no longer be trusted. */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation';

  constructor(
    message: string,
    readonly facts: Readonly<Record<string, unknown>>,
  ) {
    super(`${message} ${JSON.stringify(facts)}`);
  }
}

/**
 * Throws InvariantViolation unless `condition` holds. On in production: a state that cannot exist must stop the
 * process before it spreads. Never for input from outside; that is answered with a Failure.
 */
export function invariant(
  condition: boolean,
  message: string,
  facts: Readonly<Record<string, unknown>> = {},
): asserts condition {
  if (!condition) throw new InvariantViolation(message, facts);
}

/** The `default` of an exhaustive switch: compiles only while every case is handled. */
export function unreachable(value: never): never {
  throw new InvariantViolation('unreachable case', { value });
}
