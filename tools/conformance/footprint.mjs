// What a process holds of the machine, as the kernel counts it.
import { readdirSync, readFileSync } from 'node:fs';

/** Resident memory in MiB and number of open descriptors of a process. */
export function footprint(pid) {
  const kib = Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
  return { rssMib: kib / 1024, descriptors: readdirSync(`/proc/${pid}/fd`).length };
}
