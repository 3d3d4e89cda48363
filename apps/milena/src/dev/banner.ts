import { DEMO_GROUPS, DEMO_TOPICS } from '../demo/demo-plan';
import { addressesOf, monitorOf, type DevAddresses, type DevProcess } from './ready-line';

/** Addresses that commands try by themselves; they need not be told. */
const BY_DEFAULT = { broker: '127.0.0.1:9092', controller: '127.0.0.1:9093' };
/** Monitor addresses shown; the ready line has them all. */
const MONITORS_SHOWN = 3;

/** What the banner says beside addresses. */
export interface BannerFacts {
  readonly data: string;
  /** How people run another command of this program. */
  readonly milena: string;
  readonly readyAfterMs: number;
  readonly demo: boolean;
}

/** What people see when a cluster is ready: where it listens, and what to type next. */
export function banner(processes: readonly DevProcess[], facts: BannerFacts): string {
  const addresses = addressesOf(processes);
  const monitors = processes.flatMap((each) => monitorOf(each) ?? []);
  const shown = monitors.slice(0, MONITORS_SHOWN).map((address) => `http://${address}/metrics`);
  const more = monitors.length > shown.length ? `and ${monitors.length - shown.length} more` : [];
  const places: readonly (readonly [string, string])[] = [
    ['Kafka', addresses.bootstrap],
    ['admin, gRPC', addresses.admin],
    ['admin, HTTP', addresses.http.replaceAll(/[^,]+/g, 'http://$&')],
    ['ZooKeeper', addresses.zookeeper],
    ['controllers', addresses.controllers],
    ['metrics', shown.concat(more).join(', ')],
    ['demo', facts.demo ? demoText() : ''],
    ['data', `${facts.data} (kept; Ctrl-C stops)`],
  ];
  const lines = places.filter(([, place]) => place !== '').map(([name, place]) => `  ${name.padEnd(14)}${place}`);
  const next = whatToType(addresses, facts).map((line) => `  ${line}`);
  return `\nMilena is ready after ${Math.round(facts.readyAfterMs)} ms.\n\n${lines.join('\n')}\n\nTry:\n${next.join('\n')}\n\n`;
}

function demoText(): string {
  const topics = DEMO_TOPICS.map(({ name, recordsPerSecond }) => `${name} (${recordsPerSecond} records/s)`);
  const groups = DEMO_GROUPS.map(
    ({ groupId, workMs }) => `${groupId} (${workMs > 0 ? 'lags on purpose' : 'keeps up'})`,
  );
  return `${[...topics, ...groups].join(', ')}; ends with this`;
}

function whatToType(addresses: DevAddresses, { milena, demo }: BannerFacts): string[] {
  const { bootstrap, controllers, admin, http, zookeeper } = addresses;
  const first = (addresses: string) => addresses.split(',')[0] ?? '';
  const broker = first(bootstrap);
  const atBroker = broker === BY_DEFAULT.broker ? '' : ` --bootstrap-server ${broker}`;
  const atController = controllers === BY_DEFAULT.controller ? '' : ` --bootstrap-controller ${controllers}`;
  return [
    `${milena} topic create quickstart-events --partitions 3${atBroker}`,
    `echo hello | ${milena} produce quickstart-events${atBroker}`,
    `${milena} consume quickstart-events -o start -e${atBroker}`,
    ...(demo ? DEMO_GROUPS.map(({ groupId }) => `${milena} group describe ${groupId}${atBroker}`) : []),
    `kcat -b ${broker} -L`,
    ...(admin === '' ? [] : [`grpcurl -plaintext ${first(admin)} list`]),
    ...(http === '' ? [] : [curlLine(first(http))]),
    ...(zookeeper === '' ? [] : [`zkCli.sh -server ${first(zookeeper)} ls /brokers/ids`]),
    `${milena} quorum describe${atController}`,
  ];
}

function curlLine(http: string): string {
  const url = `http://${http}/milena.admin.v1.TopicService/ListTopics`;
  return `curl -s -H 'content-type: application/json' -d '{}' ${url}`;
}
