/** A metadata log that cannot be used: what was committed is missing from it. Says where and what. */
export class UnusableMetadataLog extends Error {
  override readonly name = 'UnusableMetadataLog';

  constructor(
    readonly path: string,
    readonly reason: string,
  ) {
    super(`the metadata log at ${path} cannot be used: ${reason}`);
  }
}
