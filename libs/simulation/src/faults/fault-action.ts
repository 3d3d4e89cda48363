import type { CrashMode } from '@milena/platform/testing';

/** What syncs and reads are made to fail of: files by a part of their name, or the folder that they are in. */
export type SyncedFile = '.log' | 'quorum-state' | '.checkpoint' | 'folder';

/** What a sector holds that lost its content. */
export type SectorContent = 'zeros' | 'another sector';

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
  /** The way between two hosts is cut and opened again, so often, for as long each time. */
  | {
      readonly do: 'flap';
      readonly left: string;
      readonly right: string;
      readonly times: number;
      readonly eachMs: number;
    }
  /** The connections between two hosts break. */
  | { readonly do: 'reset'; readonly left: string; readonly right: string }
  /** The next sync of a file whose path includes `file` fails, or of a folder. */
  | { readonly do: 'fail sync'; readonly host: string; readonly file: SyncedFile }
  /** The next read of a file whose path includes `file` fails. */
  | { readonly do: 'fail read'; readonly host: string; readonly file: Exclude<SyncedFile, 'folder'> }
  /** No sync ends for so long. */
  | { readonly do: 'stall disk'; readonly host: string; readonly forMs: number }
  /** Somebody sets the wall clock. */
  | { readonly do: 'jump clock'; readonly host: string; readonly byMs: number }
  /** The disk takes so many bytes more. */
  | { readonly do: 'fill disk'; readonly host: string; readonly freeBytes: number }
  /** A bit of what was synced long ago is flipped. */
  | ({ readonly do: 'flip bit' } & Decay)
  /** As that, with a whole sector that holds zeros, or what was meant for another place. */
  | ({ readonly do: 'lose sector'; readonly holds: SectorContent } & Decay);

/** Where a disk decays, and when. */
export interface Decay {
  readonly host: string;
  /** Which file, from 0 to 1. */
  readonly file: number;
  /** Where in it, from 0 to 1. */
  readonly position: number;
  /** The power is cut and comes back after so long; without it the disk decays under the process, which goes on. */
  readonly downMs?: number;
}
