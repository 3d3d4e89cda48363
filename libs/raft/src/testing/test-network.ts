import type { ChannelFailureReason } from '@milena/platform';
import type { SeededRandom } from '@milena/platform/testing';
import type { RaftRequest, RaftResponse } from '../messages';
import type { EventQueue } from './event-queue';

/** What a node offers to the network. */
export interface NetworkPeer {
  isUp(): boolean;
  /** The only port it listens at; undefined: at any. */
  readonly port?: number | undefined;
  /** Counts its starts; a request to a former life never gets an answer. */
  life(): number;
  serve(request: RaftRequest, reply: (response: RaftResponse) => void): void;
}

/** How the network misbehaves. */
export interface Weather {
  readonly latencyMs: { readonly min: number; readonly max: number };
  /** Probability that a message is lost; its sender hears of it when the timeout ends. */
  readonly loss: number;
}

interface Call {
  readonly from: number;
  readonly to: number;
  readonly port: number;
  readonly request: RaftRequest;
  readonly timeoutMs: number;
  readonly answered: (response: RaftResponse) => void;
  readonly failed: (reason: ChannelFailureReason) => void;
}

/** Carries requests and responses between nodes: late, out of order, or not at all. */
export class TestNetwork {
  readonly peers = new Map<number, NetworkPeer>();
  private readonly cut = new Set<string>();
  private readonly open = new Set<{ readonly call: Call; readonly settle: () => boolean }>();

  constructor(
    private readonly events: EventQueue,
    private readonly random: SeededRandom,
    public weather: Weather,
  ) {}

  /** Nothing passes between the two any more, in silence. */
  isolate(left: number, right: number): void {
    this.cut.add(`${left}/${right}`).add(`${right}/${left}`);
  }

  heal(): void {
    this.cut.clear();
  }

  /** The process of `id` is gone: who waits for its answer sees the connection break. */
  reset(id: number): void {
    for (const { call, settle } of this.open) {
      if (call.to === id && !this.isCut(call.from, id) && settle())
        this.later(() => {
          call.failed('reset');
        });
    }
  }

  call(call: Call): void {
    let isOpen = true;
    const entry = {
      call,
      settle: () => {
        const first = isOpen;
        isOpen = false;
        this.open.delete(entry);
        return first;
      },
    };
    this.open.add(entry);
    this.events.after(call.timeoutMs, () => {
      if (entry.settle()) call.failed('timeout');
    });
    this.deliver(call.from, call.to, () => {
      const peer = this.peers.get(call.to);
      if (peer?.isUp() !== true || (peer.port ?? call.port) !== call.port) {
        if (entry.settle())
          this.later(() => {
            call.failed('refused');
          });
        return;
      }
      peer.serve(call.request, (response) => {
        this.deliver(call.to, call.from, () => {
          if (entry.settle()) call.answered(response);
        });
      });
    });
  }

  private deliver(from: number, to: number, arrive: () => void): void {
    if (this.isCut(from, to) || this.random.chance(this.weather.loss)) return;
    this.later(() => {
      if (!this.isCut(from, to)) arrive();
    });
  }

  private later(run: () => void): void {
    const { min, max } = this.weather.latencyMs;
    this.events.after(min + this.random.fraction() * (max - min), run);
  }

  private isCut(from: number, to: number): boolean {
    return this.cut.has(`${from}/${to}`);
  }
}
