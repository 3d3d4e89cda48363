import { NO_NODE, ZERO_UUID } from '@milena/model';
import type { ReplicaProgress } from '../messages';
import { putSnapshotsOnDisk, showSnapshots, snapshotCommands } from './snapshot-commands';
import { ClusterTrace, type TraceTopic } from './cluster-trace';
import { TestCluster, type TestClusterOptions } from './test-cluster';
import type { TestNode } from './test-node';
import { voterCommands } from './voter-commands';
import { readCommands } from './read-commands';
import { encodeTextBatch } from './text-batches';

type Run = (words: readonly string[]) => readonly string[] | void;

/**
 * The language of the transcripts:
 *
 *   cluster voters=3 observers=1 seed=7 source=checkpoint flush=1 latency=1 piece=100
 *                                                  flush and each message in ms; bytes in a piece of a snapshot
 *   disk ID epoch=3 leader=1 vote=2 log=1,1,2 snapshots=1,2 start=1
 *                                                  what is on a node's disk before it starts; one record per epoch listed
 *   start ID.. | kill ID | crash ID | stop ID      ID may be `leader`; kill keeps what was written, crash only what was flushed
 *   cut ID ID | isolate ID | heal                  in silence, without a reset
 *   break ID ID                                    resets the first one's connection to the second
 *   append ID value.. | append leader value..
 *   snapshot ID.. | clean ID.. | erase ID..        makes one of all that is committed; drops what it stands for; a new disk
 *   add | remove | upgrade | disk-replaced | moved | voters
 *                                                  see voter-commands.ts
 *   run MS | elect                                 elect runs until some node leads and all others follow it
 *   trace topic..                                  roles votes epochs fetches commits persists voters; none: nothing
 *   show                                           role, log and high watermark of every node
 *   describe ID                                    what the leader says of the replicas
 *   read ID timeout=MS                             asks for the read index and prints the answer when it comes
 */
export function createTranscriptRun(): (command: string) => readonly string[] {
  let cluster = new TestCluster({ voters: 1 });
  let trace = new ClusterTrace(() => cluster.events.nowMs);
  const node = (id: string | undefined): TestNode => {
    const found = id === 'leader' ? cluster.leader : cluster.node(Number(id));
    if (found === undefined) throw new Error('there is no leader');
    return found;
  };
  const commands: Record<string, Run> = {
    cluster: (words) => {
      trace = new ClusterTrace(() => cluster.events.nowMs);
      cluster = new TestCluster(clusterOptions(settings(words), trace));
    },
    disk: ([id, ...words]) => {
      putOnDisk(node(id), settings(words));
    },
    start: (ids) => {
      for (const id of ids) node(id).start();
    },
    kill: ([id]) => {
      node(id).kill({ losesUnflushed: false });
    },
    crash: ([id]) => {
      node(id).kill({ losesUnflushed: true });
    },
    stop: ([id]) => {
      node(id).input((raft) => {
        raft.shutdown(5000);
      });
    },
    cut: ([left, right]) => {
      cluster.network.isolate(Number(left), Number(right));
    },
    isolate: ([id]) => {
      const isolated = node(id).id;
      for (const other of cluster.nodes.keys()) cluster.network.isolate(isolated, other);
    },
    heal: () => {
      cluster.network.heal();
    },
    break: ([id, peer]) => {
      node(id).input((raft) => {
        raft.peerSuspected(Number(peer));
      });
    },
    append: ([id, ...values]) => [node(id).append(values)],
    ...snapshotCommands(node),
    ...voterCommands({ cluster: () => cluster, node, tell: (line) => trace.tell(line) }),
    ...readCommands({ node, tell: (line) => trace.tell(line) }),
    run: ([ms]) => {
      cluster.run(Number(ms));
    },
    elect: () => {
      const ms = cluster.runUntil(() => isSettled(cluster));
      return [`settled after ${ms} ms`];
    },
    trace: (topics) => {
      trace.topics = new Set(topics as readonly TraceTopic[]);
    },
    show: () => [...cluster.nodes.values()].map(show),
    describe: ([id]) => describeReplicas(node(id)),
  };
  return (command) => {
    const [verb, ...words] = command.trim().split(/\s+/);
    const run = commands[verb ?? ''];
    if (run === undefined) throw new Error(`unknown command: ${command}`);
    const printed = run(words) ?? [];
    return [...trace.take(), ...printed];
  };
}

function clusterOptions(given: Readonly<Record<string, string>>, trace: ClusterTrace): TestClusterOptions {
  return {
    voters: Number(given['voters'] ?? 3),
    observers: Number(given['observers'] ?? 0),
    seed: Number(given['seed'] ?? 1),
    source: given['source'] === 'checkpoint' ? 'checkpoint' : 'static',
    flushMs: Number(given['flush'] ?? 1),
    ...(given['latency'] === undefined ? {} : { weather: steady(Number(given['latency'])) }),
    ...(given['piece'] === undefined ? {} : { settings: { fetchSnapshotMaxBytes: Number(given['piece']) } }),
    joiners: Number(given['joiners'] ?? 0),
    autoJoin: given['autojoin'] === 'true',
    directories: given['directories'] === 'true',
    ...(given['joinerflush'] === undefined ? {} : { joinerFlushMs: Number(given['joinerflush']) }),
    observer: trace,
  };
}

/** A network that loses nothing. */
function steady(latencyMs: number): NonNullable<TestClusterOptions['weather']> {
  return { latencyMs: { min: latencyMs, max: latencyMs }, loss: 0 };
}

function settings(words: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(words.map((word) => word.split('=', 2) as [string, string]));
}

function putOnDisk(node: TestNode, given: Readonly<Record<string, string>>): void {
  const epochs = (given['log'] ?? '').split(',').filter((epoch) => epoch !== '');
  for (const [index, epoch] of epochs.entries()) {
    node.log.append(encodeTextBatch({ baseOffset: index, epoch: Number(epoch), values: [`r${index}e${epoch}`] }));
  }
  node.log.beginFlush()();
  putSnapshotsOnDisk(node, given);
  node.file = {
    leaderEpoch: Number(given['epoch'] ?? epochs.at(-1) ?? 0),
    leaderId: Number(given['leader'] ?? NO_NODE),
    votedId: Number(given['vote'] ?? NO_NODE),
    votedDirectoryId: ZERO_UUID,
  };
}

function isSettled(cluster: TestCluster): boolean {
  const leader = cluster.leader;
  if (leader?.raft?.highWatermark === undefined) return false;
  const { epoch } = leader.raft.leadership;
  return [...cluster.nodes.values()].every(({ raft }) => {
    if (raft === undefined) return true;
    const { role, epoch: known, leaderId } = raft.leadership;
    return (role === 'leader' || role === 'follower') && known === epoch && leaderId === leader.id;
  });
}

function show(node: TestNode): string {
  const log = node.log.contents.map((batch) => `${batch.values.join(' ')}@${batch.epoch}`).join(' | ');
  if (node.raft === undefined) return `${node.id} is down; ${showSnapshots(node)}: ${log}`;
  const { role, epoch, leaderId } = node.raft.leadership;
  const leader = leaderId === undefined ? 'no leader' : `leader ${leaderId}`;
  return `${node.id} ${role}, epoch ${epoch}, ${leader}, high watermark ${node.raft.highWatermark ?? 'unknown'}; ${showSnapshots(node)}: ${log}`;
}

function describeReplicas(node: TestNode): readonly string[] {
  const description = node.raft?.describe();
  if (description === undefined) return ['is down'];
  if (description.error !== 'NONE') return [description.error];
  const line = (kind: string, { replica, logEndOffset, lastFetchTimestamp, lastCaughtUpTimestamp }: ReplicaProgress) =>
    `${kind} ${replica.id}: log end ${logEndOffset}, last fetch ${lastFetchTimestamp}, last caught up ${lastCaughtUpTimestamp}`;
  return [
    ...description.voters.map((voter) => line('voter', voter)),
    ...description.observers.map((observer) => line('observer', observer)),
  ];
}
