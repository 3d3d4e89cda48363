// The active controller fails while administrators outside call all controllers.
import { expect } from '../../conformance/process.mjs';
import { canCut } from './network-cut.mjs';

const withinMs = 15_000;

/** Whether a disturbance ends the process; from the others it comes back by itself. */
export const endsProcess = (how) => how === 'SIGKILL' || how === 'SIGTERM';

/** What an active controller fails of: signals, and a network cut without a reset where this machine lets us. */
export const disturbances = ['SIGKILL', 'SIGTERM', 'SIGSTOP', ...(canCut() ? ['cut'] : [])];

/** Says what this machine did not let us try. */
export function sayWhatIsMissing(print) {
  if (!canCut()) print('the network was not cut: that needs root, iptables and iproute2');
}

/**
 * Sends the signal `how` to the controller `leaderId`, or cuts its network (`cut`). Milliseconds until another one has
 * committed a create. The others have rehearsed elections before. A process that ended is started again; one that came back
 * must not have changed anything.
 */
export async function failController({ cluster, outside, ids, rehearsals }, { leaderId, how }) {
  await rehearsals.of(ids.filter((id) => id !== leaderId));
  const pid = cluster.pid('controller', leaderId);
  const { ms, isRefused, isFree } = await outside.ask('fail', { pid, how, index: ids.indexOf(leaderId), withinMs });
  expect(Number.isFinite(ms), `${how}: nobody took over within ${withinMs} ms`);
  if (endsProcess(how)) {
    await cluster.exited('controller', leaderId, 20_000);
    rehearsals.startsAgain(leaderId);
    cluster.restart('controller', leaderId);
    return ms;
  }
  expect(isRefused && isFree, `${how}: a controller that was away changed something when it came back`);
  return ms;
}
