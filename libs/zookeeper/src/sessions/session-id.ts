/** First byte of the ids given to clients and of those that stand for brokers; 1 is kept for sessions born in the log. */
const FIRST_BYTE = { broker: 2n, client: 3n } as const;
const REST_BITS = 56n;

/** A new client's session id from 7 random bytes; unique across shims by chance alone. */
export function clientSessionId(randomBytes: Uint8Array): bigint {
  let rest = 0n;
  for (const byte of randomBytes.subarray(0, 7)) rest = (rest << 8n) | BigInt(byte);
  return (FIRST_BYTE.client << REST_BITS) | rest;
}

/** The session that owns /brokers/ids/N while broker N lives under a broker epoch: the same on every shim. */
export function brokerSessionId(brokerEpoch: number): bigint {
  return (FIRST_BYTE.broker << REST_BITS) | BigInt(brokerEpoch);
}

/** A session id as ZooKeeper's tools print it. */
export function sessionIdText(sessionId: bigint): string {
  return `0x${BigInt.asUintN(64, sessionId).toString(16)}`;
}
