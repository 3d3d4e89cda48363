export { createGrpcConnector, type GrpcConnectorOptions } from './grpc-connector';
export { createGrpcServer, listenErrorText, type GrpcServer, type GrpcServerOptions } from './grpc-server';
export { failureDetails, type FailureDetail } from './failure-details';
export { createHealthService, type HealthService } from './health-service';
export type { TlsFiles } from './tls-files';
export {
  createServiceClient,
  decodeMessage,
  methodPath,
  serveUnary,
  type CallOutcome,
  type ServiceClient,
  type TypedService,
  type UnaryHandlers,
} from './typed-service';
