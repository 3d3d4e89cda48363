// The active controller fails while administrators outside call all controllers.
import { expect } from '../../conformance/process.mjs';

const withinMs = 15_000;
/** Disturbances that end the process; from the others it comes back by itself. */
const deadly = new Set(['SIGKILL', 'SIGTERM']);

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
  if (deadly.has(how)) {
    await cluster.exited('controller', leaderId, 20_000);
    rehearsals.startsAgain(leaderId);
    cluster.restart('controller', leaderId);
    return ms;
  }
  expect(isRefused && isFree, `${how}: a controller that was away changed something when it came back`);
  return ms;
}
