import { startCluster } from '../cluster.mjs';
import { killsUnderLoad } from '../kills-under-load.mjs';

export const title =
  'ten rounds of kill -9 of the busiest broker and of the active controller lose, repeat and reorder nothing';
export const needs = ['kcat', 'python'];

const rounds = 10;

export async function run(note) {
  const cluster = await startCluster({ set: ['broker.session.timeout.ms=3000'] });
  try {
    await killsUnderLoad(cluster, rounds, note);
  } catch (error) {
    error.message += `\n${cluster.recentLog()}`;
    throw error;
  } finally {
    await cluster.stop();
  }
}
