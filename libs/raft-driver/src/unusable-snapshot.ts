/** A snapshot file that cannot be used: damaged, incomplete, or missing where the log needs it. Says which and why. */
export class UnusableSnapshot extends Error {
  override readonly name = 'UnusableSnapshot';

  constructor(
    readonly path: string,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`snapshot ${path} cannot be used: ${reason}`, options);
  }
}
