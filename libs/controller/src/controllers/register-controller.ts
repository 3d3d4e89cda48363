import type { BrokerListener, MetadataImage, SupportedFeature } from '@milena/metadata';
import { failure, success, type Result, type Uuid } from '@milena/model';
import { decide, type Decision } from '../decision';
import { hasControllerRecords } from '../features/feature-levels';

/** ControllerRegistration (KIP-919). */
export interface RegisterControllerRequest {
  readonly clusterId: string;
  readonly controllerId: number;
  /** Drawn anew by each start of the controller's process. */
  readonly incarnationId: Uuid;
  readonly listeners: readonly BrokerListener[];
  readonly features: readonly SupportedFeature[];
}

/**
 * Makes a controller known, so that levels of features are only raised when it supports them. Nothing is written when the
 * same life registered before, and nothing can be below the level whose programs know the record: UNSUPPORTED_VERSION.
 */
export function registerController(
  image: MetadataImage,
  request: RegisterControllerRequest,
  { clusterId }: { readonly clusterId: string },
): Decision<Result<null>> {
  const { controllerId, incarnationId, listeners, features } = request;
  if (request.clusterId !== clusterId) {
    const why = `controller ${controllerId} belongs to cluster ${request.clusterId}, this is cluster ${clusterId}`;
    return decide([], failure('INCONSISTENT_CLUSTER_ID', why));
  }
  if (!hasControllerRecords(image)) {
    return decide(
      [],
      failure('UNSUPPORTED_VERSION', 'the level of metadata.version knows no registrations of controllers'),
    );
  }
  const known = image.controllers().find(({ id }) => id === controllerId);
  if (known?.incarnationId === incarnationId) return decide([], success(null));
  return decide(
    [{ type: 'RegisterControllerRecord', controllerId, incarnationId, listeners, features }],
    success(null),
  );
}
