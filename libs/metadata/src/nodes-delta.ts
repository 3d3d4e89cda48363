import { invariant, type Offset } from '@milena/model';
import type { BrokerRegistration } from './broker-registration';
import type { ImageContents } from './metadata-image';
import type {
  BrokerRegistrationChangeRecord,
  RegisterBrokerRecord,
  RegisterControllerRecord,
  UnregisterBrokerRecord,
} from './metadata-record';

/** The part of a delta that holds registrations: brokers and controllers. */
export class NodesDelta {
  readonly changedBrokers = new Set<number>();
  readonly changedControllers = new Set<number>();
  readonly #brokers: ImageContents['brokers'];
  readonly #controllers: ImageContents['controllers'];

  constructor({ brokers, controllers }: Pick<ImageContents, 'brokers' | 'controllers'>) {
    this.#brokers = brokers.asMutable();
    this.#controllers = controllers.asMutable();
  }

  apply(): Pick<ImageContents, 'brokers' | 'controllers'> {
    return { brokers: this.#brokers.asImmutable(), controllers: this.#controllers.asImmutable() };
  }

  /** `offset` is where the record stands, and so the broker epoch unless the record comes from a snapshot. */
  registerBroker(record: RegisterBrokerRecord, offset: Offset): void {
    this.#brokers.set(record.brokerId, {
      id: record.brokerId,
      epoch: record.brokerEpoch ?? offset,
      incarnationId: record.incarnationId,
      directoryIds: record.logDirectories,
      listeners: record.listeners,
      ...(record.rack === undefined ? {} : { rack: record.rack }),
      features: record.features,
      fenced: record.fenced,
      inControlledShutdown: record.inControlledShutdown,
    });
    this.changedBrokers.add(record.brokerId);
  }

  unregisterBroker(record: UnregisterBrokerRecord): void {
    this.#brokers.delete(this.#currentBroker(record).id);
    this.changedBrokers.add(record.brokerId);
  }

  changeBroker(record: BrokerRegistrationChangeRecord): void {
    const broker = this.#currentBroker(record);
    this.#brokers.set(broker.id, {
      ...broker,
      fenced: record.fenced ?? broker.fenced,
      inControlledShutdown: record.inControlledShutdown ?? broker.inControlledShutdown,
      directoryIds: record.logDirectories ?? broker.directoryIds,
    });
    this.changedBrokers.add(broker.id);
  }

  registerController({ controllerId, incarnationId, listeners, features }: RegisterControllerRecord): void {
    this.#controllers.set(controllerId, { id: controllerId, incarnationId, listeners, features });
    this.changedControllers.add(controllerId);
  }

  unregisterController(controllerId: number): void {
    invariant(this.#controllers.has(controllerId), 'record names an unknown controller', { controllerId });
    this.#controllers.delete(controllerId);
    this.changedControllers.add(controllerId);
  }

  #currentBroker({ brokerId, brokerEpoch }: { brokerId: number; brokerEpoch: Offset }): BrokerRegistration {
    const broker = this.#brokers.get(brokerId);
    invariant(broker !== undefined && broker.epoch === brokerEpoch, 'record names a registration that is not current', {
      brokerId,
      brokerEpoch,
      current: broker?.epoch,
    });
    return broker;
  }
}
