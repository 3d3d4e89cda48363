const FIRST_BYTES = 64 * 1024;
/** Largest buffer kept between answers: a replica fetch's 10 MiB and one large batch fit. */
const KEPT_BYTES_MAX = 16 * 1024 * 1024;

/**
 * Buffers for records on their way from the log into an answer that copies them: one buffer used again and again, because
 * touching fresh memory costs more than the copy. What was taken is valid until the next `reset`.
 */
export class ReadArena {
  #buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #used = 0;

  /** A new answer begins; what was taken before may be overwritten. */
  reset(): void {
    this.#used = 0;
    if (this.#buffer.length > KEPT_BYTES_MAX) this.#buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  }

  /** A buffer of exactly `bytes`. */
  readonly take = (bytes: number): Buffer => {
    if (this.#used + bytes > this.#buffer.length) {
      this.#buffer = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, bytes));
      this.#used = 0;
    }
    const taken = this.#buffer.subarray(this.#used, this.#used + bytes);
    this.#used += bytes;
    return taken;
  };
}
