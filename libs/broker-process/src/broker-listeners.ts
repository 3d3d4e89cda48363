import type { ListenerConfig } from '@milena/config';
import type { BrokerListener } from '@milena/metadata';

/** What a broker registers: its listeners for clients and the one for its peers, as others reach them. */
export function brokerListeners({ clients, peer }: ListenerConfig): readonly BrokerListener[] {
  const listeners = peer === undefined ? clients : [...clients, peer];
  return listeners.map(({ name, advertised, securityProtocol }) => ({ name, ...advertised, securityProtocol }));
}
