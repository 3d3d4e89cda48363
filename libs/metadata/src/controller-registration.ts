import type { Uuid } from '@milena/model';
import type { BrokerListener, SupportedFeature } from './broker-registration';

/** A controller that made itself known (KIP-919). Immutable: a change makes a new object. */
export interface ControllerRegistration {
  readonly id: number;
  /** Drawn anew by each start of the controller's process. */
  readonly incarnationId: Uuid;
  readonly listeners: readonly BrokerListener[];
  readonly features: readonly SupportedFeature[];
}
