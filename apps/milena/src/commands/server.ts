import { runConfiguredService } from '@milena/service-process';
import { loadNodeConfig } from './load-node-config';
import { createNodeService } from './node-service';

/** Options of `milena server`. */
export interface ServerOptions {
  /** Path of a properties file. */
  readonly config?: string;
  readonly set: readonly string[];
  readonly pretty: boolean;
}

/** `milena server`: runs the roles of a configuration in this process until it is told to stop. */
export function runServer(options: ServerOptions, environment: NodeJS.ProcessEnv): void {
  const { config, warnings } = loadNodeConfig(options.config, environment, options.set);
  const { pretty } = options;
  runConfiguredService({ service: 'milena', config, warnings, pretty, environment, create: createNodeService });
}
