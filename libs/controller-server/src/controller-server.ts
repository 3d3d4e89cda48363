import type { MetadataImage } from '@milena/metadata';
import { allocateProducerIdsApi } from './api/allocate-producer-ids-api';
import { alterConfigsApi } from './api/alter-configs-api';
import { alterPartitionApi } from './api/alter-partition-api';
import { alterPartitionReassignmentsApi } from './api/alter-partition-reassignments-api';
import { brokerHeartbeatApi } from './api/broker-heartbeat-api';
import { serveApi } from './api/controller-api';
import { createPartitionsApi } from './api/create-partitions-api';
import { createTopicsApi } from './api/create-topics-api';
import { deleteTopicsApi } from './api/delete-topics-api';
import { electLeadersApi } from './api/elect-leaders-api';
import { incrementalAlterConfigsApi } from './api/incremental-alter-configs-api';
import { registerBrokerApi } from './api/register-broker-api';
import { registerControllerApi } from './api/register-controller-api';
import { unregisterBrokerApi } from './api/unregister-broker-api';
import { updateFeaturesApi } from './api/update-features-api';
import { registerControllerMetrics } from './controller-metrics';
import type { ControllerServerOptions } from './controller-server-options';
import { QuorumController } from './quorum-controller';
import { SnapshottingController } from './snapshotting-controller';

/** A controller minus its sockets. */
export interface ControllerServer {
  /** Begins to follow the metadata log, and to lead the cluster whenever this node leads the log. */
  start(): void;
  /** Ends what waits for commitment. Requests that still come are answered NOT_CONTROLLER, as soon as it is settled who leads. */
  stop(): void;
  /** Whether this is the active controller. */
  isActive(): boolean;
  /** Whether this controller takes part in a working quorum: it knows a leader and has caught up with what is committed. */
  isReady(): boolean;
  /** Metadata as of the last committed batch. */
  committedImage(): MetadataImage;
  /** Metadata as decisions see it: uncommitted records included while active. */
  latestImage(): MetadataImage;
}

/** Makes a controller and registers its services; it does nothing before `start`. */
export function createControllerServer(options: ControllerServerOptions): ControllerServer {
  const { metadataLog, serviceHost, platform } = options;
  const controller = new QuorumController(options);
  const listener = new SnapshottingController(controller, options);
  serveApi(serviceHost, controller, registerBrokerApi);
  serveApi(serviceHost, controller, brokerHeartbeatApi);
  serveApi(serviceHost, controller, createTopicsApi);
  serveApi(serviceHost, controller, deleteTopicsApi);
  serveApi(serviceHost, controller, createPartitionsApi);
  serveApi(serviceHost, controller, alterPartitionReassignmentsApi);
  serveApi(serviceHost, controller, electLeadersApi);
  serveApi(serviceHost, controller, updateFeaturesApi);
  serveApi(serviceHost, controller, unregisterBrokerApi);
  serveApi(serviceHost, controller, alterConfigsApi);
  serveApi(serviceHost, controller, incrementalAlterConfigsApi);
  serveApi(serviceHost, controller, alterPartitionApi);
  serveApi(serviceHost, controller, allocateProducerIdsApi);
  serveApi(serviceHost, controller, registerControllerApi);
  registerControllerMetrics(platform.meter, controller);
  return {
    start: () => metadataLog.subscribe(listener),
    stop() {
      listener.stop();
      controller.stop();
    },
    isActive: () => controller.isActive,
    isReady: () => controller.isReady,
    committedImage: () => controller.committedImage,
    latestImage: () => controller.latestImage,
  };
}
