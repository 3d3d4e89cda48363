import { MalformedInput } from '@milena/bytes';
import { securityProtocolOnWire, type BrokerListener, type SupportedFeature } from '@milena/metadata';
import type { BrokerListener as WireListener, SupportedFeature as WireFeature } from '@milena/proto';
import { hostFromWire } from '../wire-values';

/** A listener as a node registers it. */
export function listenerToWire({ name, host, port, securityProtocol }: BrokerListener) {
  return { name, host, port, securityProtocol: securityProtocolOnWire.toWire(securityProtocol) };
}

/** The listener a node registers; MalformedInput when it cannot be one. */
export function listenerFromWire({ name, host, port, securityProtocol }: WireListener): BrokerListener {
  if (port < 0 || port > 65535) throw new MalformedInput(`port ${port}`);
  return { name, host: hostFromWire(host), port, securityProtocol: securityProtocolOnWire.fromWire(securityProtocol) };
}

/** What a node supports of a feature. */
export function featureToWire({ name, minLevel, maxLevel }: SupportedFeature) {
  return { name, minSupportedVersion: minLevel, maxSupportedVersion: maxLevel };
}

/** What a node says it supports of a feature. */
export function featureFromWire({ name, minSupportedVersion, maxSupportedVersion }: WireFeature): SupportedFeature {
  return { name, minLevel: minSupportedVersion, maxLevel: maxSupportedVersion };
}
