import type { AlterConfigsResponse } from '@milena/controller';
import type { Logger } from '@milena/platform';

/** Notes which resources' configuration changed; the values stay out of the log. */
export function logAlteredConfigs(logger: Logger, { resources }: AlterConfigsResponse): void {
  for (const { resource, result } of resources) {
    if (result.ok) logger.info('changed a configuration', { ...resource });
  }
}
