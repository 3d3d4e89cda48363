export { createGrpcConnector, type GrpcConnectorOptions } from './grpc-connector';
export { createGrpcServer, listenErrorText, type GrpcServer, type GrpcServerOptions } from './grpc-server';
export type { TlsFiles } from './tls-files';
