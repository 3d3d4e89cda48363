import type { MetadataRecord } from '@milena/metadata';
import { offset, ZERO_UUID } from '@milena/model';
import { ProjectedTree } from '../projection/projected-tree';
import type { SetWatchesRequest } from '../protocol/request';
import { znodeStat, type OnZnodeEvent, type ZnodeEvent } from '../tree/znode';
import { catchUpWatches } from '../watches/missed-events';
import { WatchRegistry, type WatchKind } from '../watches/watch-registry';
import { LogWriter } from './log-writer';

type Words = readonly string[];

/**
 * The language of the transcripts; a line of the log is one batch:
 *
 *   leader ID                            another leader, of the next epoch
 *   register ID | unfence ID | fence ID | unregister ID
 *   topic NAME [p0replicas ..] | delete NAME | grow NAME replicas
 *   change NAME PARTITION leader=N isr=1,2 | reassign NAME PARTITION replicas
 *   config TYPE NAME KEY [VALUE]         TYPE topic or broker; NAME - for all brokers
 *   watch WHO data|child|persistent|recursive PATH
 *   forget WHO
 *   again WHO ZXID data|exist|child PATH ..   setWatches
 *   get PATH | ls PATH | stat PATH | count
 */
export function playTranscript(text: string): string {
  const story = new Story();
  const lines: string[] = [];
  for (const line of text.trimEnd().split('\n')) {
    if (line.startsWith('  ')) continue;
    lines.push(line);
    if (line.startsWith('> ')) lines.push(...story.run(line.slice(2).split(' ')).map((told) => `  ${told}`));
  }
  return `${lines.join('\n')}\n`;
}

class Story {
  readonly #log = new LogWriter();
  readonly #tree = new ProjectedTree({ clusterId: 'transcript-cluster', hiddenListener: 'INTERNAL' });
  readonly #watches = new WatchRegistry<string>({ watcherBytesMax: 100_000, totalBytesMax: 100_000 });
  #topics = 0;

  run([command = '', ...words]: Words): readonly string[] {
    const told: string[] = [];
    const events: ZnodeEvent[] = [];
    const onEvent: OnZnodeEvent = (event) => events.push(event);
    const read = this.#read(command, words);
    if (read !== undefined) return read;
    if (command === 'leader') this.#tree.applyLeaderChange(this.#log.leaderChange(Number(words[0])), onEvent);
    else this.#tree.apply(this.#log.batch(this.#records(command, words)), onEvent);
    for (const event of events) {
      this.#watches.fire(event, (who, { type, path }) => told.push(`${who}: ${type} ${path}`));
    }
    return [`zxid ${this.#tree.lastZxid}`, ...told];
  }

  #read(command: string, words: Words): readonly string[] | undefined {
    const [who = '', second = '', third = '', ...more] = words;
    switch (command) {
      case 'watch':
        return this.#watches.add(who, second as WatchKind, third) ? [] : ['too many'];
      case 'forget':
        this.#watches.forget(who);
        return [];
      case 'again':
        return this.#again(who, Number(second), third, more);
      case 'get':
        return [this.#znode(who)?.data()?.toString() ?? 'null'];
      case 'ls':
        return [this.#names(who)];
      case 'stat':
        return this.#stat(who);
      case 'count':
        return [`${this.#tree.znodeCount} znodes, ${this.#tree.ephemeralCount} ephemeral`];
      default:
        return undefined;
    }
  }

  #znode(path: string) {
    return this.#tree.find(path);
  }

  #names(path: string): string {
    const names = this.#znode(path)?.childNames();
    if (names === undefined) return 'no node';
    return names.length === 0 ? 'nothing' : names.join(' ');
  }

  #stat(path: string): readonly string[] {
    const znode = this.#znode(path);
    if (znode === undefined) return ['no node'];
    const { czxid, mzxid, pzxid, version, cversion, ephemeralOwner, numChildren } = znodeStat(znode);
    const owner = ephemeralOwner === 0n ? '' : ` owner 0x${ephemeralOwner.toString(16)}`;
    return [
      `czxid ${czxid} mzxid ${mzxid} pzxid ${pzxid} version ${version} cversion ${cversion} children ${numChildren}${owner}`,
    ];
  }

  #again(who: string, since: number, kind: string, paths: Words): readonly string[] {
    const request: SetWatchesRequest = {
      operation: 'setWatches',
      relativeZxid: BigInt(since),
      data: kind === 'data' ? paths : [],
      exist: kind === 'exist' ? paths : [],
      child: kind === 'child' ? paths : [],
      persistent: [],
      persistentRecursive: [],
    };
    const { missed, armed } = catchUpWatches(this.#tree, request);
    for (const watch of armed) this.#watches.add(who, watch.kind, watch.path);
    return [
      ...missed.map(({ type, path }) => `${who}: ${type} ${path}`),
      ...armed.map(({ path }) => `waits for ${path}`),
    ];
  }

  #records(command: string, words: Words): readonly MetadataRecord[] {
    const [name = '', ...rest] = words;
    switch (command) {
      case 'topic':
        return this.#topic(name, rest);
      case 'grow':
        return [this.#partition(this.#id(name), this.#partitions(name), ids(rest[0]))];
      case 'delete':
        return [{ type: 'RemoveTopicRecord', topicId: this.#id(name) }];
      case 'change':
        return [this.#change(name, rest)];
      case 'reassign': {
        const [partition = '', replicas] = rest;
        return [
          {
            type: 'PartitionChangeRecord',
            topicId: this.#id(name),
            partitionId: Number(partition),
            replicas: ids(replicas),
          },
        ];
      }
      case 'config': {
        const [resource = '', key = '', value] = rest;
        const resourceName = resource === '-' ? '' : resource;
        const resourceType = name === 'topic' ? 'TOPIC' : 'BROKER';
        return [
          { type: 'ConfigRecord', resourceType, resourceName, name: key, ...(value === undefined ? {} : { value }) },
        ];
      }
      default:
        return this.#broker(command, Number(name));
    }
  }

  #broker(command: string, brokerId: number): readonly MetadataRecord[] {
    if (command === 'register') return [registration(brokerId)];
    const brokerEpoch = this.#log.image.broker(brokerId)?.epoch ?? offset(0);
    switch (command) {
      case 'unfence':
        return [{ type: 'BrokerRegistrationChangeRecord', brokerId, brokerEpoch, fenced: false }];
      case 'fence':
        return [{ type: 'BrokerRegistrationChangeRecord', brokerId, brokerEpoch, fenced: true }];
      case 'unregister':
        return [{ type: 'UnregisterBrokerRecord', brokerId, brokerEpoch }];
      case 'nothing':
        return [{ type: 'NoOpRecord' }];
      default:
        throw new Error(`unknown command ${command}`);
    }
  }

  #topic(name: string, assignments: Words): readonly MetadataRecord[] {
    this.#topics += 1;
    const topicId = Buffer.alloc(16, this.#topics).toString('base64url');
    return [
      { type: 'TopicRecord', name, topicId },
      ...assignments.map((replicas, index) => this.#partition(topicId, index, ids(replicas))),
    ];
  }

  #partition(topicId: string, partitionId: number, replicas: readonly number[]): MetadataRecord {
    return {
      type: 'PartitionRecord',
      topicId,
      partitionId,
      replicas,
      isr: replicas,
      addingReplicas: [],
      removingReplicas: [],
      leader: replicas[0] ?? -1,
      leaderEpoch: 0,
      partitionEpoch: 0,
      leaderRecoveryState: 'RECOVERED',
      directories: replicas.map(() => ZERO_UUID),
    };
  }

  #change(name: string, [partition = '', ...settings]: Words): MetadataRecord {
    const value = (key: string) => settings.find((word) => word.startsWith(`${key}=`))?.slice(key.length + 1);
    const [leader, isr] = [value('leader'), value('isr')];
    return {
      type: 'PartitionChangeRecord',
      topicId: this.#id(name),
      partitionId: Number(partition),
      ...(leader === undefined ? {} : { leader: Number(leader) }),
      ...(isr === undefined ? {} : { isr: ids(isr) }),
    };
  }

  #id(topic: string): string {
    return this.#log.image.topicByName(topic)?.id ?? '';
  }

  #partitions(topic: string): number {
    return this.#log.image.topicByName(topic)?.partitionCount ?? 0;
  }
}

function ids(text = ''): readonly number[] {
  return text.split(',').map(Number);
}

function registration(brokerId: number): MetadataRecord {
  const listener = (name: string, port: number) =>
    ({ name, host: `broker-${brokerId}`, port, securityProtocol: 'PLAINTEXT' }) as const;
  return {
    type: 'RegisterBrokerRecord',
    brokerId,
    incarnationId: ZERO_UUID,
    listeners: [listener('INTERNAL', 9094), listener('PLAINTEXT', 9092)],
    features: [{ name: 'metadata.version', minLevel: 27, maxLevel: 27 }],
    rack: 'r1',
    fenced: true,
    inControlledShutdown: false,
    logDirectories: [],
  };
}
