import { setFlagsFromString } from 'node:v8';
import type { ServerConfig } from '@milena/config-schema';
import { randomUuid } from '@milena/model';
import { noMeter, noTracer, silentLogger } from '@milena/platform';
import { createNodePlatform, scratchDisk } from '@milena/platform-node';
import { RehearsalCaller } from './rehearsal-caller';
import { RehearsalQuorum } from './rehearsal-quorum';

/** Leaders that fail, one after the other, and what each is asked before that. */
const LEADERS = 3;
const TOPICS_PER_LEADER = 20;

/** What a rehearsal needs. */
export interface RehearsalOptions {
  /** Emptied before and removed afterwards. */
  readonly folder: string;
  readonly server: ServerConfig;
  /** Asked between any two steps, which take some milliseconds each: once false, the rehearsal ends early. */
  readonly isWanted: () => boolean;
}

/**
 * Plays elections with a quorum of its own, so that the first one of consequence does not run code that never ran before: the
 * engine takes several times as long for that as for code it knows. Changes nothing outside of its folder, but that the
 * engine keeps compiled code from then on. Resolves to whether it went through; rejects when the played quorum does not work.
 */
export async function rehearse({ folder, server, isWanted }: RehearsalOptions): Promise<boolean> {
  const platform = {
    ...createNodePlatform({ logger: silentLogger, tracer: noTracer, meter: noMeter }),
    disk: scratchDisk,
  };
  const newId = () => randomUuid((size) => platform.random.bytes(size));
  const clusterId = newId();
  // V8 throws away the code of functions that have not run for some collections: of elections, on any day without one.
  setFlagsFromString('--no-flush-bytecode');
  platform.disk.removeFolder(folder);
  const quorum = new RehearsalQuorum({ platform, folder, clusterId, server }, newId);
  const caller = new RehearsalCaller({
    platform,
    clusterId,
    connector: quorum.connector,
    controllers: quorum.endpoints,
  });
  try {
    return await play(quorum, caller, isWanted);
  } finally {
    caller.close();
    await quorum.stop();
    platform.disk.removeFolder(folder);
  }
}

async function play(quorum: RehearsalQuorum, caller: RehearsalCaller, isWanted: () => boolean): Promise<boolean> {
  await quorum.start();
  await caller.register();
  for (let leaders = 0; leaders < LEADERS; leaders += 1) {
    for (let topics = 0; topics < TOPICS_PER_LEADER; topics += 1) {
      if (!isWanted()) return false;
      await caller.createTopic();
    }
    const { leaderId } = quorum;
    await quorum.stopOne(leaderId);
    await caller.createTopic();
    await quorum.startOne(leaderId);
  }
  return true;
}
