export { createGrpcConnector, type GrpcConnectorOptions } from './grpc-connector';
export { createGrpcServer, listenErrorText, type GrpcServer, type GrpcServerOptions } from './grpc-server';
export {
  createCallInstruments,
  type CallInstrumentsOptions,
  type CallStart,
  type ObserveCall,
  type ObservedCall,
} from './call-instruments';
export { grpcStatusCode } from './grpc-status';
export { incomingTrace } from './incoming-trace';
export { rethrowOutside } from './pass-through';
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
