import { join } from 'node:path';
import type { ServerConfig } from '@milena/config-schema';
import { createControllerServer } from '@milena/controller-server';
import { invariant, type Endpoint, type Uuid } from '@milena/model';
import type { Connector, Platform } from '@milena/platform';
import { createRaftDriver, formatStorage, type RaftDriver } from '@milena/raft-driver';
import { createGrpcConnector, createGrpcServer } from '@milena/rpc';

const LOOPBACK = '127.0.0.1';
const VOTER_IDS = [1, 2, 3];
const DRAIN_MS = 10;

/** What a played quorum is made from. */
export interface RehearsalQuorumOptions {
  readonly platform: Platform;
  /** An empty folder of its own. */
  readonly folder: string;
  readonly clusterId: Uuid;
  readonly server: ServerConfig;
}

/** One life of a controller. */
interface Life {
  readonly metadataLog: RaftDriver;
  stop(): Promise<void>;
}

/** A quorum of three controllers in this process: what the product runs, on loopback ports and with logs in a scratch folder. */
export class RehearsalQuorum {
  readonly #lives = new Map<number, Life>();
  /** Where the controllers listen, once they did. */
  readonly #ports = new Map<number, number>();
  readonly #directories: ReadonlyMap<number, Uuid>;
  readonly #connectors: Connector;
  #failure: unknown;

  constructor(
    private readonly options: RehearsalQuorumOptions,
    newId: () => Uuid,
  ) {
    this.#directories = new Map(VOTER_IDS.map((id) => [id, newId()]));
    this.#connectors = createGrpcConnector(options.platform);
  }

  /** Connects to controllers by their names, see `endpoints`. */
  get connector(): Connector {
    const actual = ({ port: id }: Endpoint): Endpoint => ({ host: LOOPBACK, port: this.#ports.get(id) ?? id });
    return {
      connect: (endpoint, purpose) => this.#connectors.connect(actual(endpoint), purpose),
      refuses: (endpoint, timeoutMs) => this.#connectors.refuses(actual(endpoint), timeoutMs),
    };
  }

  /** The controllers as they name themselves: a voter set must be written before anybody listens, so a port is an id here. */
  get endpoints(): readonly Endpoint[] {
    return VOTER_IDS.map(nameOf);
  }

  /** Formats the folders of all controllers and starts them. */
  async start(): Promise<void> {
    for (const id of VOTER_IDS) await this.#format(id);
    await Promise.all(VOTER_IDS.map((id) => this.startOne(id)));
  }

  /** Starts a controller that does not run. */
  async startOne(id: number): Promise<void> {
    const { platform, clusterId } = this.options;
    const host = createGrpcServer({ host: LOOPBACK, port: this.#ports.get(id) ?? 0, ...platform });
    const onFatal = (error: unknown): void => void (this.#failure ??= error);
    const served = {
      platform,
      nodeId: id,
      endpoint: nameOf(id),
      connector: this.connector,
      serviceHost: host,
      onFatal,
    };
    const metadataLog = createRaftDriver({
      ...served,
      clusterId,
      directoryId: this.#directoryOf(id),
      role: 'voter',
      logFolder: this.#folderOf(id),
    });
    const controller = createControllerServer({
      ...served,
      config: { clusterId, server: this.options.server },
      metadataLog,
    });
    const stop = async (): Promise<void> => {
      controller.stop();
      await metadataLog.stop();
      await host.stop(DRAIN_MS);
    };
    this.#lives.set(id, { metadataLog, stop });
    this.#ports.set(id, (await host.start()).port);
    controller.start();
    await metadataLog.start();
  }

  /** Stops a controller in good order: it hands leadership over first. */
  async stopOne(id: number): Promise<void> {
    const life = this.#lives.get(id);
    this.#lives.delete(id);
    await life?.stop();
  }

  async stop(): Promise<void> {
    await Promise.all(VOTER_IDS.map((id) => this.stopOne(id)));
  }

  /** The controller that leads; throws when one has failed, or none leads. */
  get leaderId(): number {
    if (this.#failure !== undefined) throw new Error('a controller failed', { cause: this.#failure });
    for (const [id, { metadataLog }] of this.#lives) if (metadataLog.leader().leaderId === id) return id;
    throw new Error('nobody leads');
  }

  async #format(id: number): Promise<void> {
    const { platform, clusterId } = this.options;
    const logFolder = this.#folderOf(id);
    const voters = VOTER_IDS.map((voterId) => ({
      voterId,
      directoryId: this.#directoryOf(voterId),
      endpoints: [{ name: 'CONTROLLER', ...nameOf(voterId) }],
    }));
    await formatStorage({
      platform,
      logFolders: [logFolder],
      metadataLogFolder: logFolder,
      clusterId,
      nodeId: id,
      voters: { kind: 'initial', voters },
    });
  }

  #folderOf(id: number): string {
    return join(this.options.folder, String(id));
  }

  #directoryOf(id: number): Uuid {
    const directoryId = this.#directories.get(id);
    invariant(directoryId !== undefined, 'every voter has a directory', { id });
    return directoryId;
  }
}

function nameOf(id: number): Endpoint {
  return { host: LOOPBACK, port: id };
}
