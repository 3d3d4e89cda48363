import type { CrashMode } from '@milena/platform/testing';

/** One fault with everything about it, as a script has it. Times are virtual milliseconds. */
export type FaultAction =
  /** kill -9 (`keep`) or a power cut, and a start after `downMs`. */
  | { readonly do: 'crash'; readonly host: string; readonly mode: CrashMode; readonly downMs: number }
  /** A machine that is down is started before its time. */
  | { readonly do: 'start'; readonly host: string; readonly afterMs: number }
  /** The process is stopped, and woken after `forMs`. */
  | { readonly do: 'pause'; readonly host: string; readonly forMs: number }
  /** The way between two hosts is cut. */
  | {
      readonly do: 'cut';
      readonly from: string;
      readonly to: string;
      readonly bothWays: boolean;
      readonly forMs: number;
    }
  /** A host sees none of the machines, nor they it; others outside may still see it. */
  | { readonly do: 'isolate'; readonly host: string; readonly forMs: number }
  /** The connections between two hosts break. */
  | { readonly do: 'reset'; readonly left: string; readonly right: string }
  /** The next sync of a file whose path includes `file` fails. */
  | { readonly do: 'fail sync'; readonly host: string; readonly file: string }
  /** The disk takes so many bytes more. */
  | { readonly do: 'fill disk'; readonly host: string; readonly freeBytes: number }
  /** The power is cut, and at the start a bit of what was synced long ago is flipped; file and position from 0 to 1. */
  | {
      readonly do: 'flip bit';
      readonly host: string;
      readonly file: number;
      readonly position: number;
      readonly downMs: number;
    };
