// Cuts a process off without breaking its connections: whatever is sent to or from its ports on the loopback interface is
// dropped, as by a switch that lost its power. Needs root and iptables.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Whether this machine lets us. */
export function canCut() {
  try {
    execFileSync('iptables', ['-L', '-n'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
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

/** Drops everything to and from the ports, until the function returned is called or this process ends in an orderly way. */
export function cutOff(ports) {
  const rules = ports.flatMap((port) =>
    ['dport', 'sport'].map((side) => `INPUT -i lo -p tcp --${side} ${port} -j DROP`),
  );
  const apply = (action) => {
    const input = `*filter\n${rules.map((rule) => `${action} ${rule}\n`).join('')}COMMIT\n`;
    execFileSync('iptables-restore', ['--noflush'], { input });
  };
  const heal = () => {
    process.off('exit', heal);
    apply('-D');
  };
  apply('-A');
  process.once('exit', heal);
  return heal;
}
