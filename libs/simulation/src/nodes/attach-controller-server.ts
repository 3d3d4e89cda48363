import { createControllerServer, type ControllerServer } from '@milena/controller-server';
import type { Uuid } from '@milena/model';
import type { MemoryServer } from '@milena/platform/testing';
import type { RaftDriver, SnapshotTriggers } from '@milena/raft-driver';
import type { ProcessLife } from '../machine';
import type { ControllerProgram } from './controller-program';
import { plantInMetadataLog, plantInServices, type PortBug } from './planted-ports';
import { simulatedConfig } from './simulated-config';

/** What a controller server is attached to. */
export interface AttachControllerServerOptions {
  readonly life: ProcessLife;
  readonly driver: RaftDriver;
  readonly server: MemoryServer;
  readonly nodeId: number;
  readonly clusterId: Uuid;
  readonly triggers: SnapshotTriggers;
  /** The program of this package unless said otherwise. */
  readonly program?: ControllerProgram | undefined;
  /** A bug to plant. */
  readonly port: PortBug | undefined;
  onFatal(error: unknown): void;
}

/** Puts the production controller server on a life's metadata log. */
export function attachControllerServer(options: AttachControllerServerOptions): ControllerServer {
  const { life, driver, server, nodeId, clusterId, triggers, onFatal, port, program } = options;
  const config = simulatedConfig({
    'process.roles': 'controller',
    'node.id': `${nodeId}`,
    'controller.listener.names': 'CONTROLLER',
    'broker.session.timeout.ms': '3000',
    'metadata.log.max.record.bytes.between.snapshots': `${triggers.recordBytesMax}`,
    'metadata.log.max.snapshot.interval.ms': `${triggers.intervalMs}`,
    ...program?.keys,
    ...(port === 'unclean elections are always on' && { 'unclean.leader.election.enable': 'true' }),
  });
  const controller: ControllerServer = createControllerServer({
    platform: life.platform,
    nodeId,
    config: { clusterId, server: config },
    metadataLog: plantInMetadataLog(driver, port),
    connector: life.network.connector,
    serviceHost: plantInServices(server, () => controller, port),
    onFatal,
    ...(program && { supportedFeatures: program.supportedFeatures, bootstrapRecords: program.bootstrapRecords }),
  });
  return controller;
}
