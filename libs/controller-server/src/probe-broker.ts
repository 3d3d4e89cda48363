import type { BrokerRegistration } from '@milena/metadata';
import type { Connector, Timers } from '@milena/platform';
import { CONTROLLER_LIMITS } from './controller-server-options';

/** A broker whose process may be gone. */
export interface ProbeOptions {
  readonly broker: BrokerRegistration;
  /** Name of the listener that brokers use among themselves. */
  readonly listenerName: string;
  /** Probes before believing that it lives; one that is refused settles it. */
  readonly probes: number;
  readonly connector: Connector;
  readonly timers: Timers;
}

/** Whether the broker's peer port refuses connections. Silence, or a listener we do not know, is no proof of death. */
export async function isPortGone({ broker, listenerName, probes, connector, timers }: ProbeOptions): Promise<boolean> {
  const listener = broker.listeners.find(({ name }) => name === listenerName);
  if (listener === undefined) return false;
  const { host, port } = listener;
  for (let probe = 1; ; probe++) {
    if (await connector.refuses({ host, port }, CONTROLLER_LIMITS.lostBrokerProbeTimeoutMs)) return true;
    if (probe >= probes) return false;
    await new Promise<void>((resolve) => timers.after(CONTROLLER_LIMITS.lostBrokerProbeGapMs, resolve));
  }
}
