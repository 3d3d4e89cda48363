import { hostname } from 'node:os';
import { loadConfig, serviceArguments } from '@milena/config';
import { createControllerProcess } from '@milena/controller-process';
import { noMeter } from '@milena/platform';
import { createLogger, createTracer, logLevel, runService } from '@milena/telemetry';

const SERVICE = 'controller-quorum';
/** One second less than the ten that operators are promised. */
const STOP_WITHIN_MS = 9_000;

/** Says what is wrong with the command line or the configuration, and ends with the exit code for that. */
function refuse(problems: readonly string[]): never {
  for (const problem of problems) process.stderr.write(`${SERVICE}: ${problem}\n`);
  process.exit(2);
}

/** Runs one controller until it is told to stop. */
function main(): void {
  const { env: environment, argv } = process;
  const parsed = serviceArguments(argv.slice(2));
  if (!parsed.ok) return refuse([parsed.problem]);
  const { file, overrides, pretty } = parsed.value;
  const loaded = loadConfig({ file, overrides, environment, hostname: hostname() });
  if (!loaded.ok) return refuse(loaded.problems);
  const { config, warnings } = loaded;
  if (config.roles.broker || !config.roles.controller) {
    return refuse([`process.roles: this service runs the role controller alone; for others use milena server`]);
  }
  const level = logLevel(environment['MILENA_LOG_LEVEL']);
  const logger = createLogger({ service: SERVICE, nodeId: config.nodeId, level, pretty });
  for (const warning of warnings) logger.warn('configuration', { warning });
  const outputs = { logger, tracer: createTracer(SERVICE), meter: noMeter };
  runService((onFatal) => createControllerProcess({ config, outputs, onFatal }), {
    name: SERVICE,
    logger,
    stopWithinMs: STOP_WITHIN_MS,
  });
}

main();
