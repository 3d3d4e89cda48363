/** Structured log. Messages are constant lower-case sentences, facts are fields. */
export interface Logger {
  debug(message: string, facts?: Readonly<Record<string, unknown>>): void;
  /** A state change an operator acts on. */
  info(message: string, facts?: Readonly<Record<string, unknown>>): void;
  warn(message: string, facts?: Readonly<Record<string, unknown>>): void;
  error(message: string, facts?: Readonly<Record<string, unknown>>): void;
  /** The same log with `facts` on every line. */
  child(facts: Readonly<Record<string, unknown>>): Logger;
}

/** A logger that writes nothing. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLogger,
};
