import type { ChannelOptions } from '@grpc/grpc-js';
import { noMeter, noTracer, type Connector, type Meter, type Tracer } from '@milena/platform';
import { createCallInstruments } from './call-instruments';
import { GrpcChannel } from './grpc-channel';
import { isPortRefused } from './port-probe';
import { clientCredentials, type TlsFiles } from './tls-files';

/** Settings of outgoing connections. Times are milliseconds, sizes bytes. */
export interface GrpcConnectorOptions {
  /** Plain text when left out. */
  readonly tls?: TlsFiles;
  readonly tracer?: Tracer;
  readonly meter?: Meter;
  /** A connection with calls under way is probed this often; 5 s. */
  readonly keepAliveMs?: number;
  /** A probe unanswered for this long breaks the connection; 5 s. */
  readonly keepAliveTimeoutMs?: number;
  /** How long a stream waits until its server has accepted it; 5 s. */
  readonly connectTimeoutMs?: number;
  /** Longest message accepted from a server; 128 MiB, because one batch may exceed every fetch limit. */
  readonly maxReceiveBytes?: number;
  /** HTTP/2 window of a connection: how far a server may run ahead; 8 MiB. */
  readonly flowControlWindowBytes?: number;
  /** Unsent bytes past which a stream is cancelled; 64 MiB. */
  readonly maxQueuedBytes?: number;
}

const MIB = 1024 * 1024;

function channelOptions(options: GrpcConnectorOptions): ChannelOptions {
  return {
    // grpc-js merges equal channels into one connection; raft and replica data must never share one.
    'grpc.use_local_subchannel_pool': 1,
    'grpc.keepalive_time_ms': options.keepAliveMs ?? 5000,
    'grpc.keepalive_timeout_ms': options.keepAliveTimeoutMs ?? 5000,
    'grpc.max_receive_message_length': options.maxReceiveBytes ?? 128 * MIB,
    'grpc.max_send_message_length': -1,
    'grpc-node.flow_control_window': options.flowControlWindowBytes ?? 8 * MIB,
    'grpc.enable_retries': 0,
    'grpc.enable_channelz': 0,
    'grpc.enable_http_proxy': 0,
    'grpc.service_config_disable_resolution': 1,
  };
}

/** A Connector over gRPC. Each channel has a connection of its own. */
export function createGrpcConnector(options: GrpcConnectorOptions = {}): Connector {
  const { tracer = noTracer, meter = noMeter, connectTimeoutMs = 5000, maxQueuedBytes = 64 * MIB } = options;
  const settings = {
    credentials: clientCredentials(options.tls),
    channelOptions: channelOptions(options),
    observe: createCallInstruments({ side: 'client', tracer, meter }),
    connectTimeoutMs,
    maxQueuedBytes,
  };
  return {
    connect: (endpoint) => new GrpcChannel(endpoint, settings),
    refuses: isPortRefused,
  };
}
