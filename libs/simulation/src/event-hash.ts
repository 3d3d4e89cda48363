import { crc32c } from '@milena/bytes';

/**
 * Rolling hash over everything that happened in a run. Two runs of one seed must end with the same value, in one process
 * or in two; a difference means that something outside the seed took part.
 */
export class EventHash {
  #high = 0x811c9dc5;
  #low = 0x01000193;
  #events = 0;

  /** Events taken in so far. */
  get events(): number {
    return this.#events;
  }

  /** Takes in one event: when it happened, a word for what it was, and its bytes. */
  add(timeMs: number, kind: string, bytes: Uint8Array): void {
    this.#events += 1;
    this.#mix(Math.round(timeMs * 1000) | 0);
    for (let index = 0; index < kind.length; index += 1) this.#mix(kind.charCodeAt(index));
    this.#mix(crc32c(bytes) | 0);
  }

  #mix(word: number): void {
    this.#high = Math.imul(this.#high ^ word, 0x01000193);
    this.#low = Math.imul(this.#low + (word ^ (this.#high >>> 15)), 0x85ebca6b) ^ (this.#low >>> 13);
  }

  /** The hash so far, 16 hexadecimal digits. */
  get value(): string {
    const digits = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');
    return digits(this.#high) + digits(this.#low);
  }
}
