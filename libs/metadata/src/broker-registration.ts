import type { Offset, Uuid } from '@milena/model';

/** How a listener protects its connections; numbers on Kafka's wire are 0, 1, 2, 3 in this order. */
export type SecurityProtocol = 'PLAINTEXT' | 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL';

/** Where and how a broker can be reached under a listener name. */
export interface BrokerListener {
  /** Name of the listener, upper case: `PLAINTEXT`, `INTERNAL` ... */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly securityProtocol: SecurityProtocol;
}

/** Range of levels of one feature a node supports, both ends included (KIP-584). */
export interface SupportedFeature {
  readonly name: string;
  readonly minLevel: number;
  readonly maxLevel: number;
}

/** A registered broker. Immutable: a change makes a new object. */
export interface BrokerRegistration {
  readonly id: number;
  /** Broker epoch: offset of the RegisterBrokerRecord, so a later registration always has a larger one (KIP-631). */
  readonly epoch: Offset;
  /** Drawn anew by each start of the broker's process. */
  readonly incarnationId: Uuid;
  /** Ids of its log directories; a replaced disk shows as a new id. */
  readonly directoryIds: readonly Uuid[];
  readonly listeners: readonly BrokerListener[];
  readonly rack?: string;
  readonly features: readonly SupportedFeature[];
  /** A fenced broker leads nothing, joins no ISR and is not shown to clients. */
  readonly fenced: boolean;
  /** Leaving: leads nothing and joins no ISR, though still unfenced. */
  readonly inControlledShutdown: boolean;
}

/** Whether a broker may lead partitions and join in-sync sets: registered, unfenced and not leaving. */
export function isActiveBroker(
  broker: Pick<BrokerRegistration, 'fenced' | 'inControlledShutdown'> | undefined,
): boolean {
  return broker !== undefined && !broker.fenced && !broker.inControlledShutdown;
}
