import type { BrokerEndpoint, BrokerFeature } from '@milena/proto';
import type { BrokerListener, SupportedFeature } from '../broker-registration';
import { securityProtocolOnWire } from './wire-values';

type EndpointFields = Pick<BrokerEndpoint, 'name' | 'host' | 'port' | 'securityProtocol'>;
type FeatureFields = Pick<BrokerFeature, 'name' | 'minSupportedVersion' | 'maxSupportedVersion'>;

/** A listener of a broker or controller as fields of a BrokerEndpoint. */
export function listenerToWire({ name, host, port, securityProtocol }: BrokerListener): EndpointFields {
  return { name, host, port, securityProtocol: securityProtocolOnWire.toWire(securityProtocol) };
}

/** A listener from a BrokerEndpoint; MalformedInput for an unknown security protocol. */
export function listenerFromWire({ name, host, port, securityProtocol }: EndpointFields): BrokerListener {
  return { name, host, port, securityProtocol: securityProtocolOnWire.fromWire(securityProtocol) };
}

/** A range of supported levels as fields of a BrokerFeature. */
export function featureToWire({ name, minLevel, maxLevel }: SupportedFeature): FeatureFields {
  return { name, minSupportedVersion: minLevel, maxSupportedVersion: maxLevel };
}

/** A range of supported levels from a BrokerFeature. */
export function featureFromWire({ name, minSupportedVersion, maxSupportedVersion }: FeatureFields): SupportedFeature {
  return { name, minLevel: minSupportedVersion, maxLevel: maxSupportedVersion };
}
