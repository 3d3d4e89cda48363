import { isActiveBroker, type BrokerRegistration, type MetadataImage } from '@milena/metadata';
import { NO_OFFSET, type Offset, type Uuid } from '@milena/model';

/** Lives of one broker that are remembered: requests of older ones are not under way any more. */
const INCARNATIONS_MAX = 8;

/** What the active controller remembers of a broker besides the log. Lost, and begun anew, when another takes over. */
interface BrokerSession {
  readonly brokerEpoch: Offset;
  /** Monotonic time of the last sign of life. */
  contactMs: number;
  /** How far the broker said it had applied the metadata log; NO_OFFSET until it said so to this controller. */
  metadataOffset: number;
  /** Offset that other brokers must have applied before this one may shut down. */
  controlledShutdownOffset?: Offset;
}

/**
 * Liveness of brokers on the active controller: a broker is alive while its last sign of life is younger than the session
 * timeout. A plain value holder without a clock; every call brings the time. A session belongs to one registration: a
 * new broker epoch begins a new one.
 */
export class BrokerSessions {
  readonly #sessions = new Map<number, BrokerSession>();
  /** By broker: the incarnations that were registered, the newest last. */
  readonly #incarnations = new Map<number, readonly Uuid[]>();

  /** @param sessionTimeoutMs `broker.session.timeout.ms` */
  constructor(readonly sessionTimeoutMs: number) {}

  /**
   * Begins a session for every broker: a controller that becomes active has heard from nobody, and must neither fence them
   * all at once nor wait for ever for one that died meanwhile (KAFKA-18138, KAFKA-19130). Fenced ones too: they may be
   * starting, and nobody else may take their id meanwhile.
   */
  restart(image: MetadataImage, nowMs: number): void {
    this.#sessions.clear();
    this.#incarnations.clear();
    for (const broker of image.brokers()) this.contact(broker, nowMs);
  }

  /** Notes a sign of life of a registration. */
  contact(
    { id, epoch, incarnationId }: Pick<BrokerRegistration, 'id' | 'epoch' | 'incarnationId'>,
    nowMs: number,
    metadataOffset?: number,
  ): void {
    const current = this.#sessions.get(id);
    if (current !== undefined && current.brokerEpoch > epoch) return;
    if (current?.brokerEpoch !== epoch) this.#remember(id, incarnationId);
    const session =
      current?.brokerEpoch === epoch ? current : { brokerEpoch: epoch, contactMs: nowMs, metadataOffset: NO_OFFSET };
    session.contactMs = Math.max(session.contactMs, nowMs);
    session.metadataOffset = Math.max(session.metadataOffset, metadataOffset ?? NO_OFFSET);
    this.#sessions.set(id, session);
  }

  /** Whether the id of a broker went from this incarnation to another one, as far as this controller has seen. */
  wasReplaced(id: number, incarnationId: Uuid): boolean {
    const incarnations = this.#incarnations.get(id) ?? [];
    return incarnations.includes(incarnationId) && incarnations.at(-1) !== incarnationId;
  }

  /** Whether this registration gave a sign of life within the session timeout. */
  isAlive({ id, epoch }: Pick<BrokerRegistration, 'id' | 'epoch'>, nowMs: number): boolean {
    const session = this.#sessions.get(id);
    return session?.brokerEpoch === epoch && nowMs - session.contactMs < this.sessionTimeoutMs;
  }

  /** Forgets a broker: it was fenced, so nothing stands in the way of its next registration. */
  end(brokerId: number): void {
    this.#sessions.delete(brokerId);
  }

  /** Unfenced brokers whose session has lapsed. */
  expired(image: MetadataImage, nowMs: number): readonly BrokerRegistration[] {
    return image.brokers().filter((broker) => !broker.fenced && !this.isAlive(broker, nowMs));
  }

  /** Keeps the offset others must reach before the broker may stop; the first one set for a registration stays. */
  beginControlledShutdown({ id, epoch }: Pick<BrokerRegistration, 'id' | 'epoch'>, offset: Offset): void {
    const session = this.#sessions.get(id);
    if (session?.brokerEpoch === epoch) session.controlledShutdownOffset ??= offset;
  }

  /** The offset set by `beginControlledShutdown`; undefined when this controller set none. */
  controlledShutdownOffset(brokerId: number): Offset | undefined {
    return this.#sessions.get(brokerId)?.controlledShutdownOffset;
  }

  /** The metadata offset that every active broker has applied; Infinity when no broker is active. */
  lowestActiveMetadataOffset(image: MetadataImage): number {
    const offsets = image
      .brokers()
      .filter(isActiveBroker)
      .map(({ id, epoch }) => {
        const session = this.#sessions.get(id);
        return session?.brokerEpoch === epoch ? session.metadataOffset : NO_OFFSET;
      });
    return Math.min(Infinity, ...offsets);
  }

  #remember(id: number, incarnationId: Uuid): void {
    const others = (this.#incarnations.get(id) ?? []).filter((each) => each !== incarnationId);
    this.#incarnations.set(id, [...others, incarnationId].slice(-INCARNATIONS_MAX));
  }
}
