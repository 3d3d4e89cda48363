import { hostname } from 'node:os';
import { loadConfig, serviceArguments, type NodeConfig, type NodeRoles } from '@milena/config';
import { createServiceTelemetry, runService, type Service } from '@milena/telemetry';
import { createMonitoredService, type ServiceParts } from './monitored-service';
import { releaseIdleMemory } from './release-idle-memory';

/** One second less than the ten that operators are promised. */
const STOP_WITHIN_MS = 9_000;

/** Makes a service; throws when it cannot run here at all. */
export type CreateService = (parts: ServiceParts) => Service;

/** A configuration that was read and checked, and how to speak of it. */
export interface ConfiguredService {
  /** Name of the service in logs, traces and the line that says why the process ended. */
  readonly service: string;
  readonly config: NodeConfig;
  readonly warnings: readonly string[];
  /** Log lines for people. */
  readonly pretty: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly create: CreateService;
}

/** Runs a configured service for the life of the process: log, traces, metrics, monitor endpoint, signals, exit codes. */
export function runConfiguredService(options: ConfiguredService): void {
  const { service, config, warnings, pretty, environment, create } = options;
  const telemetry = createServiceTelemetry({ service, nodeId: config.nodeId, pretty, environment });
  const { logger } = telemetry.outputs;
  for (const warning of warnings) logger.warn('configuration', { warning });
  releaseIdleMemory({ logger });
  runService((onFatal) => createMonitoredService({ config, telemetry, create, onFatal }), {
    name: service,
    logger,
    stopWithinMs: STOP_WITHIN_MS,
  });
}

/** A service whose process runs one role and is told everything by its command line. */
export interface ServiceProcessOptions {
  readonly service: string;
  readonly role: keyof NodeRoles;
  readonly create: CreateService;
  /** `process.argv` and `process.env`. */
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The whole main program of a service. What is wrong with command line or configuration ends it with exit code 2. */
export function runServiceProcess({ service, role, create, argv, environment }: ServiceProcessOptions): void {
  const parsed = serviceArguments(argv.slice(2));
  if (!parsed.ok) return refuse(service, [parsed.problem]);
  const { file, overrides, pretty } = parsed.value;
  const loaded = loadConfig({ file, overrides, environment, hostname: hostname() });
  if (!loaded.ok) return refuse(service, loaded.problems);
  const { config, warnings } = loaded;
  const others = Object.entries(config.roles).filter(([name, isSet]) => isSet !== (name === role));
  if (others.length > 0) {
    return refuse(service, [`process.roles: this service runs the role ${role} alone; for others use milena server`]);
  }
  runConfiguredService({ service, config, warnings, pretty, environment, create });
}

function refuse(service: string, problems: readonly string[]): never {
  for (const problem of problems) process.stderr.write(`${service}: ${problem}\n`);
  process.exit(2);
}
