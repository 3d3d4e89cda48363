import { invariant } from '@milena/model';
import type { Random } from '../random';

/** Randomness that a seed decides. Not for secrets. */
export interface SeededRandom extends Random {
  /** Uniform in [0, 1). */
  fraction(): number;
  /** True with the given probability, 0 to 1. */
  chance(probability: number): boolean;
  /**
   * A source of its own that depends on this source's seed and the label only, not on what was drawn so far: drawing more
   * in one part of a simulation changes nothing elsewhere. The same label gives the same source again.
   */
  fork(label: string): SeededRandom;
}

/** One step of splitmix32: spreads similar seeds over the whole state. */
function splitMix(state: number): number {
  let mixed = (state + 0x9e3779b9) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

/** FNV-1a over the label's UTF-16 units, begun from the seed. */
function hashLabel(seed: number, label: string): number {
  let hash = seed ^ 0x811c9dc5;
  for (let index = 0; index < label.length; index++) hash = Math.imul(hash ^ label.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

/** xoshiro128** (Blackman and Vigna): 128 bits of state, four additions and rotations per number. */
class Xoshiro implements SeededRandom {
  readonly #seed: readonly [number, number];
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(low: number, high: number) {
    this.#seed = [low, high];
    this.#a = splitMix(low);
    this.#b = splitMix(this.#a ^ high);
    this.#c = splitMix(this.#b);
    this.#d = splitMix(this.#c) | 1;
  }

  uint32(): number {
    const scaled = Math.imul(this.#b, 5);
    const result = Math.imul((scaled << 7) | (scaled >>> 25), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result;
  }

  fraction(): number {
    return this.uint32() / 2 ** 32;
  }

  below(bound: number): number {
    invariant(Number.isInteger(bound) && bound >= 1 && bound <= 2 ** 32, 'a bound is in [1, 2^32]', { bound });
    return Math.floor(this.fraction() * bound);
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let index = 0; index < count; index += 4) {
      const word = this.uint32();
      for (let part = 0; part < 4 && index + part < count; part++) bytes[index + part] = (word >>> (part * 8)) & 0xff;
    }
    return bytes;
  }

  fork(label: string): SeededRandom {
    const [low, high] = this.#seed;
    return new Xoshiro(hashLabel(low, label), hashLabel(splitMix(high), label));
  }
}

/** A source of randomness that gives the same numbers for the same seed, a safe integer of 0 or more. */
export function createSeededRandom(seed: number): SeededRandom {
  invariant(Number.isSafeInteger(seed) && seed >= 0, 'a seed is a safe integer of 0 or more', { seed });
  return new Xoshiro(seed >>> 0, Math.floor(seed / 2 ** 32));
}
