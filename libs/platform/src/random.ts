/** The only source of randomness. */
export interface Random {
  /** Uniform in [0, 2^32). */
  uint32(): number;
  /** Uniform integer in [0, bound); `bound` is at least 1 and at most 2^32. */
  below(bound: number): number;
  bytes(count: number): Uint8Array;
}
