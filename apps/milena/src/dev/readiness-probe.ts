import { Health, HealthCheckResponse_ServingStatus as ServingStatus } from '@milena/proto';
import { createGrpcConnector, createServiceClient } from '@milena/rpc';
import type { Endpoint } from '@milena/model';

const ANSWER_WITHIN_MS = 1_000;

/** Asks one service again and again whether it can do its job. */
export interface ReadinessProbe {
  isReady(): Promise<boolean>;
  close(): void;
}

/** Asks the health service of another process. */
export function createHealthProbe(endpoint: Endpoint): ReadinessProbe {
  const channel = createGrpcConnector().connect(endpoint, 'health');
  const client = createServiceClient(channel, Health);
  return {
    async isReady() {
      const outcome = await client.check({}, { timeoutMs: ANSWER_WITHIN_MS });
      return outcome.ok && outcome.value.status === ServingStatus.SERVING;
    },
    close: () => channel.close(),
  };
}
