import type { NetworkProcess, ProcessTime, RecordingLogger } from '@milena/platform/testing';
import type { BrokerServer } from '../broker-server';

/** One broker of a scene, in its present life. */
export interface SceneBroker {
  readonly id: number;
  readonly server: BrokerServer;
  readonly process: NetworkProcess;
  readonly time: ProcessTime;
  readonly started: Promise<void>;
  readonly logger: RecordingLogger;
  readonly fatal: Error[];
  isAlive: boolean;
}
