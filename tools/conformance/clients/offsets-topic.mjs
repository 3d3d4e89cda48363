// Where a group's commits live: its partition of __consumer_offsets, and what that partition's log holds.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { dumpLog } from './kafka-tools.mjs';
import { metadataOf } from './kcat.mjs';

const name = '__consumer_offsets';

/** The partition that holds a group: its Java hash code, modulo. */
async function partitionOf({ bootstrap }, group) {
  const [{ partitions }] = (await metadataOf(bootstrap, name)).topics;
  let hash = 0;
  for (const character of group) hash = (Math.imul(31, hash) + character.charCodeAt(0)) | 0;
  const wanted = (hash & 0x7fffffff) % partitions.length;
  return partitions.find(({ partition }) => partition === wanted);
}

/** Id of the broker that coordinates a group. */
export async function coordinatorOf(cluster, group) {
  return (await partitionOf(cluster, group)).leader;
}

/** Every offset a group ever committed for a topic, as `{ partition, offset }`, in the order of its coordinator's log. */
export async function commitsInLog(cluster, { group, topic }) {
  const { partition, leader } = await partitionOf(cluster, group);
  const folder = join(cluster.data, `broker-${leader}`, `${name}-${partition}`);
  const segments = readdirSync(folder).filter((each) => each.endsWith('.log'));
  const files = segments.sort().map((each) => join(folder, each));
  const rows = (await dumpLog(files, '--offsets-decoder')).matchAll(/ key: (\{.*\}) payload: (\{.*\})$/gm);
  return [...rows]
    .map(([, key, payload]) => [JSON.parse(key).data, JSON.parse(payload).data])
    .filter(([key]) => key.group === group && key.topic === topic)
    .map(([key, { offset }]) => ({ partition: key.partition, offset }));
}
