/** Thrown by a handler when the only answer the protocol leaves is to close the connection. */
export class CloseConnection extends Error {
  override readonly name = 'CloseConnection';
}
