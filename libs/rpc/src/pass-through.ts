/** Serializer of calls that carry bytes: grpc-js wants a Buffer, and gets one on the same memory. */
export function serializeBytes(message: Uint8Array): Buffer {
  return Buffer.isBuffer(message) ? message : Buffer.from(message.buffer, message.byteOffset, message.byteLength);
}

/** Deserializer of calls that carry bytes. */
export function deserializeBytes(message: Buffer): Uint8Array {
  return message;
}

/** Throws outside of whatever catches here, so that a broken invariant stops the process. */
export function rethrowOutside(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
