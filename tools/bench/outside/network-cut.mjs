// Cuts a process off without breaking its connections: whatever is sent to or from its ports on the loopback interface is
// dropped, as by a switch that lost its power. Only in a network namespace of the benchmark's own, because the rules would
// outlive a benchmark that is killed, and drop what anybody sends from those ports later. Needs root, iptables and iproute2.
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const loopbackUp = 'ip link set lo up';
const marker = 'BENCH_HAS_OWN_NETWORK';

/** Whether this process is in a network namespace of its own, where it may cut. */
export const canCut = () => process.env[marker] !== undefined;

/**
 * Starts this process again in a network namespace of its own, where this machine lets us; else goes on here. The namespace
 * and the rules in it are gone with its last process, however that ends.
 */
export function enterOwnNetwork() {
  if (canCut()) return;
  const probe = spawnSync('unshare', ['--net', 'sh', '-c', `${loopbackUp} && iptables -L -n`], { stdio: 'ignore' });
  if (probe.status !== 0) return;
  const again = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const command = ['unshare', '--net', 'sh', '-c', `${loopbackUp} && exec "$@"`, 'sh', ...again];
  process.execve('/usr/bin/env', ['env', ...command], { ...process.env, [marker]: 'yes' });
}

/** Ports that a process listens at or is connected from (IPv4). */
export function portsOf(pid) {
  const sockets = new Set();
  for (const descriptor of readdirSync(`/proc/${pid}/fd`)) {
    const target = readlinkSync(`/proc/${pid}/fd/${descriptor}`);
    if (target.startsWith('socket:[')) sockets.add(target.slice(8, -1));
  }
  const lines = readFileSync(`/proc/${pid}/net/tcp`, 'utf8').trim().split('\n').slice(1);
  const owned = lines.map((line) => line.trim().split(/\s+/)).filter((fields) => sockets.has(fields[9]));
  return [...new Set(owned.map((fields) => parseInt(fields[1].split(':')[1], 16)))];
}

/** Drops everything to and from the ports until the function returned is called. */
export function cutOff(ports) {
  const rules = ports.flatMap((port) =>
    ['dport', 'sport'].map((side) => `INPUT -i lo -p tcp --${side} ${port} -j DROP`),
  );
  const apply = (action) => {
    const input = `*filter\n${rules.map((rule) => `${action} ${rule}\n`).join('')}COMMIT\n`;
    execFileSync('iptables-restore', ['--noflush'], { input });
  };
  apply('-A');
  return () => apply('-D');
}
