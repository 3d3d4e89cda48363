import { createHmac, timingSafeEqual } from 'node:crypto';
import { PASSWORD_BYTES } from '@milena/zookeeper';
import type { SessionPasswords } from '@milena/zookeeper-server';

/**
 * Passwords that follow from cluster and session id, so that a client that moves to another shim is known there without
 * anybody remembering it. They keep sessions apart, not strangers out: who knows the cluster id can make them, and gains
 * a session that owns nothing.
 */
export const SESSION_PASSWORDS: SessionPasswords = {
  of(clusterId, sessionId) {
    const id = Buffer.alloc(8);
    id.writeBigInt64BE(sessionId);
    return createHmac('sha256', `milena zookeeper session ${clusterId}`)
      .update(id)
      .digest()
      .subarray(0, PASSWORD_BYTES);
  },
  equal: (left, right) => left.length === right.length && timingSafeEqual(left, right),
};
