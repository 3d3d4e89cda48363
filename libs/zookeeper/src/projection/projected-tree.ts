import { emptyImage, type BrokerRegistration, type MetadataImage } from '@milena/metadata';
import { DataZnode, type ZnodeData } from '../tree/data-znode';
import { BEFORE_THE_LOG, type LogChange } from '../tree/log-change';
import { findZnode, type OnZnodeEvent, type Znode, type ZnodeTree } from '../tree/znode';
import { brokerSessionId } from '../sessions/session-id';
import { ProjectedTopics, type ProjectedChange } from './projected-topics';
import { brokerBody, clusterIdBody, configBody, controllerBody, featureBody } from './znode-bodies';

/** The znodes Kafka makes at its first start, beside those that the image fills. */
const EMPTY_DIRECTORIES = [
  '/admin/delete_topics',
  '/brokers/seqid',
  '/config/changes',
  '/config/clients',
  '/config/ips',
  '/config/users',
  '/consumers',
  '/isr_change_notification',
  '/latest_producer_id_block',
  '/log_dir_event_notification',
  '/zookeeper/quota',
];
/** Name of the defaults of all brokers. */
const DEFAULT_ENTITY = '<default>';

/** What the projection needs to know beside the log. */
export interface ProjectedTreeOptions {
  readonly clusterId: string;
  /** Name of the listener that brokers use among themselves, which no client is shown. */
  readonly hiddenListener: string;
}

/** A change of leader of the metadata log. */
export interface LeaderChangeInLog {
  readonly leaderId: number;
  readonly change: LogChange;
}

/**
 * The metadata image as the znodes that Kafka kept in ZooKeeper. Everything in it follows from the log and the cluster
 * id, so every shim shows the same, a restarted one too: zxids are offsets plus one, versions count changes in the log.
 */
export class ProjectedTree implements ZnodeTree {
  #lastZxid = BEFORE_THE_LOG.zxid;
  #image: MetadataImage = emptyImage;
  readonly #hiddenListener: string;
  readonly #topics = new ProjectedTopics(emptyImage);
  readonly #root = new DataZnode(BEFORE_THE_LOG);
  readonly #brokerIds = new DataZnode(BEFORE_THE_LOG);
  readonly #brokerConfigs = new DataZnode(BEFORE_THE_LOG);
  readonly #feature = new DataZnode(BEFORE_THE_LOG, () => featureBody(this.#image.features()));
  readonly #controllerEpoch = new DataZnode(BEFORE_THE_LOG, () => Buffer.from('0'));

  constructor({ clusterId, hiddenListener }: ProjectedTreeOptions) {
    this.#hiddenListener = hiddenListener;
    for (const path of EMPTY_DIRECTORIES) this.#place(path, new DataZnode(BEFORE_THE_LOG));
    this.#place('/brokers/ids', this.#brokerIds);
    this.#place('/brokers/topics', this.#topics.topics);
    this.#place('/cluster/id', new DataZnode(BEFORE_THE_LOG, () => clusterIdBody(clusterId)));
    this.#place('/config/brokers', this.#brokerConfigs);
    this.#place('/config/topics', this.#topics.configs);
    this.#place('/controller_epoch', this.#controllerEpoch);
    this.#place('/feature', this.#feature);
    this.#place('/zookeeper/config', new DataZnode(BEFORE_THE_LOG, () => Buffer.alloc(0)));
  }

  get lastZxid(): number {
    return this.#lastZxid;
  }

  get znodeCount(): number {
    return 1 + this.#root.descendantCount;
  }

  get ephemeralCount(): number {
    return this.#brokerIds.childCount;
  }

  find(path: string): Znode | undefined {
    return findZnode(this.#root, path);
  }

  /** Takes in a batch of records. Events come after everything they tell of is there. */
  apply(applied: ProjectedChange, onEvent?: OnZnodeEvent): void {
    const { delta, image, change } = applied;
    this.#image = image;
    this.#topics.apply(applied, onEvent);
    for (const { type, name } of delta.changedConfigs) {
      if (type === 'BROKER') this.#changeBrokerConfig(name, change, onEvent);
    }
    for (const id of delta.changedBrokers) this.#changeBroker(delta.base.broker(id), image.broker(id), change, onEvent);
    if (delta.featuresChanged) {
      this.#feature.write(() => featureBody(this.#image.features()), change);
      onEvent?.({ type: 'NodeDataChanged', path: '/feature' });
    }
    this.#lastZxid = change.zxid;
  }

  /** Takes in a change of leader: /controller goes and comes, as when brokers elected among themselves. */
  applyLeaderChange({ leaderId, change }: LeaderChangeInLog, onEvent?: OnZnodeEvent): void {
    const { epoch, timestampMs } = change;
    const removed = this.#root.remove('controller', change);
    this.#root.add('controller', new DataZnode(change, () => controllerBody({ leaderId, epoch, timestampMs })), change);
    this.#controllerEpoch.write(() => Buffer.from(String(epoch)), change);
    this.#lastZxid = change.zxid;
    if (removed) onEvent?.({ type: 'NodeDeleted', path: '/controller' });
    onEvent?.({ type: 'NodeCreated', path: '/controller' });
    onEvent?.({ type: 'NodeDataChanged', path: '/controller_epoch' });
  }

  /** A broker is shown while it is registered and not fenced; another registration is another znode. */
  #changeBroker(
    before: BrokerRegistration | undefined,
    after: BrokerRegistration | undefined,
    change: LogChange,
    onEvent: OnZnodeEvent | undefined,
  ): void {
    const shownBefore = before?.fenced === false ? before : undefined;
    const shownAfter = after?.fenced === false ? after : undefined;
    if (shownBefore?.epoch === shownAfter?.epoch) return;
    if (shownBefore !== undefined) this.#hide(this.#brokerIds, '/brokers/ids', String(shownBefore.id), change, onEvent);
    if (shownAfter === undefined) return;
    const body = (): Buffer => brokerBody(shownAfter, this.#hiddenListener, change.timestampMs);
    const znode = new DataZnode(change, body, brokerSessionId(shownAfter.epoch));
    this.#brokerIds.add(String(shownAfter.id), znode, change);
    onEvent?.({ type: 'NodeCreated', path: `/brokers/ids/${shownAfter.id}` });
  }

  #changeBrokerConfig(resourceName: string, change: LogChange, onEvent: OnZnodeEvent | undefined): void {
    const name = resourceName === '' ? DEFAULT_ENTITY : resourceName;
    const resource = { type: 'BROKER', name: resourceName } as const;
    const path = `/config/brokers/${name}`;
    const body: ZnodeData = () => configBody(this.#image.config(resource));
    const known = this.#brokerConfigs.child(name);
    if (this.#image.config(resource).size === 0) {
      this.#hide(this.#brokerConfigs, '/config/brokers', name, change, onEvent);
    } else if (known instanceof DataZnode) {
      known.write(body, change);
      onEvent?.({ type: 'NodeDataChanged', path });
    } else {
      this.#brokerConfigs.add(name, new DataZnode(change, body), change);
      onEvent?.({ type: 'NodeCreated', path });
    }
  }

  #hide(
    parent: DataZnode,
    parentPath: string,
    name: string,
    change: LogChange,
    onEvent: OnZnodeEvent | undefined,
  ): void {
    if (parent.remove(name, change)) onEvent?.({ type: 'NodeDeleted', path: `${parentPath}/${name}` });
  }

  /** Puts a znode that is there from the beginning, and the directories above it. */
  #place(path: string, znode: Znode): void {
    const names = path.slice(1).split('/');
    const last = names.pop() ?? '';
    let at = this.#root;
    for (const name of names) {
      const known = at.child(name);
      const next = known instanceof DataZnode ? known : new DataZnode(BEFORE_THE_LOG);
      if (known === undefined) at.add(name, next, BEFORE_THE_LOG);
      at = next;
    }
    at.add(last, znode, BEFORE_THE_LOG);
  }
}
