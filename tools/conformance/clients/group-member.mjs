// One member of a consumer group in a process of its own, by whichever client: what it was assigned, what it was given.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, until } from '../process.mjs';

const script = (name) => (bootstrap, topic, group) => [
  process.execPath,
  [join(import.meta.dirname, name), bootstrap, topic, group],
];

/** kcat's balanced consumer: partition, offset and value on stdout, assignments on stderr. */
function kcat(bootstrap, topic, group) {
  const settings = [
    'auto.offset.reset=earliest',
    'session.timeout.ms=10000',
    'heartbeat.interval.ms=500',
    'auto.commit.interval.ms=300',
    'check.crcs=true',
  ];
  const args = ['-b', bootstrap, '-G', group, '-u', '-f', '%p %o %s\n', ...settings.flatMap((each) => ['-X', each])];
  return ['kcat', [...args, topic]];
}

function rowOfKcat(line) {
  const [partition, offset] = line.split(' ', 2);
  const value = line.slice(partition.length + offset.length + 2);
  return { partition: Number(partition), offset: Number(offset), value };
}

/** Command and arguments of a member, by client. */
export const memberClients = {
  kafkajs: script('kafkajs-member.mjs'),
  platformatic: script('platformatic-member.mjs'),
  kcat,
};

/** kcat takes a moment without any connection for the end of the world; whoever depends on it starts it again. */
const gaveUp = /brokers are down: terminating/;

/** Starts a member; `records` grows with every record it is given, `assigned` is its latest assignment. */
export function startMember(client, { bootstrap, topic, group }) {
  const [command, args] = memberClients[client](bootstrap, topic, group);
  const member = { client, assigned: [], records: [], hasLeft: false, stop, kill };
  let [said, isWanted] = ['', true];
  let child;

  function start() {
    said = '';
    child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    createInterface({ input: child.stdout }).on('line', onLine);
    createInterface({ input: child.stderr }).on('line', onErrorLine);
    child.once('close', (code, signal) => {
      if (isWanted && code === 1 && gaveUp.test(said)) return start();
      member.ended = `ended with ${code ?? signal}:\n${said}`;
    });
  }

  function onLine(line) {
    const row = client === 'kcat' ? rowOfKcat(line) : JSON.parse(line);
    if (row.assigned === undefined) member.records.push(row);
    else member.assigned = row.assigned;
  }

  function onErrorLine(line) {
    said = `${said}${line}\n`.slice(-3_000);
    const rebalanced = /rebalanced \(memberid [^)]*\): (assigned|revoked): (.*)$/.exec(line);
    if (rebalanced === null) return;
    const partitions = [...rebalanced[2].matchAll(/\[(\d+)\]/g)].map(([, partition]) => Number(partition));
    member.assigned = rebalanced[1] === 'assigned' ? partitions : [];
  }

  /** Asks it to leave the group and waits until it has ended. */
  async function stop() {
    isWanted = false;
    child.kill('SIGTERM');
    await until(`a member by ${client} to leave`, 30_000, () => child.exitCode !== null || child.signalCode !== null);
    expect(child.exitCode === 0, `a member by ${client} ended with ${child.exitCode ?? child.signalCode}:\n${said}`);
    member.assigned = [];
    member.hasLeft = true;
  }

  function kill() {
    isWanted = false;
    child.kill('SIGKILL');
  }

  start();
  Object.defineProperty(member, 'said', { get: () => said });
  return member;
}

/** Waits until the members have shared all partitions among them, each with at least one. */
export async function shared(members, partitions, timeoutMs) {
  const describe = () => members.map(({ assigned, ended }) => ended ?? `[${assigned}]`).join(' and ');
  await until(`${members[0].client}: ${members.length} members to share ${partitions} partitions`, timeoutMs, () => {
    const all = members.flatMap(({ assigned }) => assigned);
    const everybody = members.every(({ assigned }) => assigned.length > 0);
    return everybody && all.length === partitions && new Set(all).size === partitions;
  }).catch((error) => {
    error.message += `\nthey have ${describe()}\n${members.map(({ said }) => said).join('\n---\n')}`;
    throw error;
  });
}
