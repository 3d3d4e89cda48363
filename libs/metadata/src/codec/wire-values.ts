import { MalformedInput } from '@milena/bytes';
import { isSafeLong, offset, type Offset } from '@milena/model';
import type { SecurityProtocol } from '../broker-registration';
import type { ConfigResourceType } from '../config-resource';
import type { LeaderRecoveryState } from '../partition-state';

/** A two-way table between names of ours and numbers on the wire; unknown numbers are MalformedInput. */
interface WireNames<Name extends string> {
  toWire(name: Name): number;
  fromWire(value: number): Name;
}

function wireNames<Name extends string>(kind: string, numbers: Readonly<Record<Name, number>>): WireNames<Name> {
  const names = new Map<number, Name>();
  for (const name of Object.keys(numbers) as Name[]) names.set(numbers[name], name);
  return {
    toWire: (name) => numbers[name],
    fromWire(value) {
      const name = names.get(value);
      if (name === undefined) throw new MalformedInput(`${value} is no known ${kind}`);
      return name;
    },
  };
}

/** Kafka's numbers of security protocols. */
export const securityProtocolOnWire: WireNames<SecurityProtocol> = wireNames('security protocol', {
  PLAINTEXT: 0,
  SSL: 1,
  SASL_PLAINTEXT: 2,
  SASL_SSL: 3,
});

/** Kafka's numbers of config resource types. */
export const configResourceTypeOnWire: WireNames<ConfigResourceType> = wireNames('config resource type', {
  TOPIC: 2,
  BROKER: 4,
  CLIENT_METRICS: 16,
  GROUP: 32,
});

/** Kafka's numbers of leader recovery states. */
export const leaderRecoveryStateOnWire: WireNames<LeaderRecoveryState> = wireNames('leader recovery state', {
  RECOVERED: 0,
  RECOVERING: 1,
});

/** A 64-bit value of a protobuf message as a number; MalformedInput when it is not a safe integer. */
export function longFromWire(value: bigint): number {
  if (!isSafeLong(value)) throw new MalformedInput(`${value} is outside the safe integers`);
  return Number(value);
}

/** A 64-bit value of a protobuf message as an offset (also: broker epoch); MalformedInput when it cannot be one. */
export function offsetFromWire(value: bigint): Offset {
  const number = longFromWire(value);
  if (number < 0) throw new MalformedInput(`${number} is not an offset`);
  return offset(number);
}
