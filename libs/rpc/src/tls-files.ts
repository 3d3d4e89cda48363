import { ChannelCredentials, ServerCredentials } from '@grpc/grpc-js';

/** Key material of one side of a TLS connection, PEM. */
export interface TlsFiles {
  /** Certificates of the authorities that the peer's certificate must come from; the system's when left out. */
  readonly certificateAuthorities?: Buffer;
  /** Our certificate chain; required at a server, and at a client for mutual TLS. */
  readonly certificateChain?: Buffer;
  readonly privateKey?: Buffer;
}

/** Credentials of a client; plain text without TLS files. The server's name is always verified. */
export function clientCredentials(tls: TlsFiles | undefined): ChannelCredentials {
  if (tls === undefined) return ChannelCredentials.createInsecure();
  return ChannelCredentials.createSsl(
    tls.certificateAuthorities ?? null,
    tls.privateKey ?? null,
    tls.certificateChain ?? null,
  );
}

/** Credentials of a server; plain text without TLS files. With authorities, every client must show a certificate. */
export function serverCredentials(tls: TlsFiles | undefined): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  const { certificateAuthorities, certificateChain, privateKey } = tls;
  if (certificateChain === undefined || privateKey === undefined) {
    throw new Error('a TLS server needs a certificate chain and a private key');
  }
  const pair = { cert_chain: certificateChain, private_key: privateKey };
  return ServerCredentials.createSsl(certificateAuthorities ?? null, [pair], certificateAuthorities !== undefined);
}
