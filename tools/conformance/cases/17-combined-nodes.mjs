import { startCombinedNodes } from '../combined-nodes.mjs';
import { killsUnderLoad } from '../kills-under-load.mjs';

export const title =
  'three combined nodes (process.roles=broker,controller) lose, repeat and reorder nothing under the same kills';
export const needs = ['kcat', 'python'];

const rounds = 6;

export async function run(note) {
  const cluster = await startCombinedNodes({ set: { 'broker.session.timeout.ms': '3000' } });
  try {
    await killsUnderLoad(cluster, rounds, note);
  } catch (error) {
    error.message += `\n${cluster.recentLog()}`;
    throw error;
  } finally {
    await cluster.stop();
  }
}
