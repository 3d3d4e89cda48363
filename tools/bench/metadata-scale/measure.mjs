// One shape of metadata-scale: node --expose-gc measure.mjs BUNDLE SHAPE PARTITIONS. Prints lines.
import { createRequire } from 'node:module';
import { randomBytes } from 'node:crypto';

const [, , bundlePath, shape, wanted] = process.argv;
const lib = createRequire(import.meta.url)(bundlePath);
const { createDelta, createSnapshotDelta, decodeMetadataRecord, emptyImage, encodeMetadataRecord, imageRecords } = lib;
const partitionsWanted = Number(wanted);

const BROKERS = 10;
/** Partitions of the topics of each shape, in turn. */
const WIDTHS = { wide: [10_000], mixed: [1, 3, 6, 12, 50, 100, 1_000], single: [1] };
/** As many as the controller puts into one step of a large change. */
const BATCH_RECORDS = 4_000;
const SINGLE_CHANGES = 2_000;

const uuid = () => randomBytes(16).toString('base64url');
const directories = Array.from({ length: BROKERS }, uuid);
let offset = 0;

function registration(brokerId) {
  return {
    type: 'RegisterBrokerRecord',
    brokerId,
    incarnationId: uuid(),
    listeners: [{ name: 'PLAINTEXT', host: `broker-${brokerId}`, port: 9092, securityProtocol: 'PLAINTEXT' }],
    features: [],
    fenced: false,
    inControlledShutdown: false,
    logDirectories: [directories[brokerId]],
  };
}

/** Replicas as Kafka's placement makes them: shifted along the brokers, the followers shifted once more per round. */
function replicasOf(serial) {
  const first = serial % BROKERS;
  const shift = Math.floor(serial / BROKERS) % (BROKERS - 1);
  return [0, 1, 2].map((step) => (step === 0 ? first : (first + 1 + ((shift + step - 1) % (BROKERS - 1))) % BROKERS));
}

/** Records of all topics, in batches. */
function* creation() {
  let made = 0;
  let batch = [];
  for (let topic = 0; made < partitionsWanted; topic += 1) {
    const width = Math.min(WIDTHS[shape][topic % WIDTHS[shape].length], partitionsWanted - made);
    const topicId = uuid();
    batch.push({ type: 'TopicRecord', name: `team-${topic % 97}.events-${topic}`, topicId });
    for (let partitionId = 0; partitionId < width; partitionId += 1) {
      const replicas = replicasOf(made++);
      batch.push({
        type: 'PartitionRecord',
        topicId,
        partitionId,
        replicas,
        isr: replicas,
        addingReplicas: [],
        removingReplicas: [],
        leader: replicas[0],
        leaderEpoch: 0,
        partitionEpoch: 0,
        leaderRecoveryState: 'RECOVERED',
        directories: replicas.map((id) => directories[id]),
      });
      if (batch.length >= BATCH_RECORDS) {
        yield batch;
        batch = [];
      }
    }
  }
  if (batch.length > 0) yield batch;
}

function heapBytes() {
  gc();
  gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** CPU time of this process, garbage collection included: the same on a busy machine. */
function timed(work) {
  const started = process.cpuUsage();
  const value = work();
  const { user, system } = process.cpuUsage(started);
  return { value, ms: (user + system) / 1000 };
}

/** Decodes a batch, replays it and makes the next image: what every node does with a committed batch. */
function take(image, values) {
  const delta = createDelta(image);
  for (const value of values) delta.replay(decodeMetadataRecord(value), offset++, 1);
  return delta.apply();
}

function createAll() {
  let image = emptyImage;
  let records = 0;
  let ms = 0;
  const brokers = Array.from({ length: BROKERS }, (_, id) => encodeMetadataRecord(registration(id)));
  image = take(image, brokers);
  for (const batch of creation()) {
    const values = batch.map(encodeMetadataRecord);
    records += values.length;
    const step = timed(() => take(image, values));
    image = step.value;
    ms += step.ms;
  }
  return { image, records, ms };
}

/** The values of a snapshot's records in blocks, as in a file. */
function writeSnapshot(image) {
  const blocks = [];
  let block = [];
  let size = 0;
  for (const record of imageRecords(image)) {
    const value = encodeMetadataRecord(record);
    block.push(value);
    size += value.length;
    if (block.length < BATCH_RECORDS) continue;
    blocks.push(join(block));
    block = [];
  }
  blocks.push(join(block));
  return { blocks, size };
}

function join(values) {
  return { bytes: Buffer.concat(values), lengths: Uint32Array.from(values, ({ length }) => length) };
}

function loadSnapshot({ blocks }, { provenance }) {
  const delta = createSnapshotDelta ? createSnapshotDelta(emptyImage, provenance) : createDelta(emptyImage);
  let at = 0;
  for (const { bytes, lengths } of blocks) {
    let position = 0;
    for (const length of lengths) {
      const record = decodeMetadataRecord(bytes.subarray(position, position + length));
      position += length;
      if (createSnapshotDelta) delta.load(record);
      else delta.replay(record, at++, 1);
    }
  }
  return delta.apply();
}

/** Takes broker 0 out of every ISR it is in, as its fencing does. Reading the image counts, deciding is the controller's. */
function fence(image) {
  const scan = timed(() => {
    const values = [];
    for (const { topic, partition, state } of image.hostedPartitions(0)) {
      const isr = state.isr.filter((id) => id !== 0);
      const change = { type: 'PartitionChangeRecord', topicId: topic.id, partitionId: partition, isr };
      values.push(encodeMetadataRecord(state.leader === 0 ? { ...change, leader: isr[0] } : change));
    }
    return values;
  });
  const apply = timed(() => {
    let next = image;
    for (let at = 0; at < scan.value.length; at += BATCH_RECORDS) {
      next = take(next, scan.value.slice(at, at + BATCH_RECORDS));
    }
    return next;
  });
  return { changes: scan.value.length, scanMs: scan.ms, applyMs: apply.ms };
}

/** One partition's change at a time, all over the image, each a delta and an image of its own, all images kept. */
function changeSingly(image) {
  const topics = [...image.topics()];
  const before = heapBytes();
  const images = [image];
  const { ms } = timed(() => {
    for (let change = 0; change < SINGLE_CHANGES; change += 1) {
      const topic = topics[Math.floor((change / SINGLE_CHANGES) * topics.length)];
      const partitionId = (change * 7919) % topic.partitionCount;
      const [leader] = topic.partition(partitionId).replicas;
      const delta = createDelta(images.at(-1));
      const record = { type: 'PartitionChangeRecord', topicId: topic.id, partitionId, isr: [leader] };
      delta.replay(record, offset++, 1);
      images.push(delta.apply());
    }
  });
  return { us: (ms * 1000) / SINGLE_CHANGES, bytes: (heapBytes() - before) / images.length };
}

const MiB = (bytes) => (bytes / 2 ** 20).toFixed(0);
const say = (line) => console.log(`${shape}: ${line}`);

const empty = heapBytes();
let { image, records, ms } = createAll();
const heap = heapBytes() - empty;
say(`${partitionsWanted} partitions in ${image.topicCount} topics, from ${records} records`);
say(`decode + delta + apply: ${((records / ms) * 1000).toFixed(0)} records/s in batches of ${BATCH_RECORDS}`);
say(`heap: ${(heap / partitionsWanted).toFixed(1)} bytes per partition (${MiB(heap)} MiB)`);
const single = changeSingly(image);
say(`one partition's change: ${single.us.toFixed(1)} us; ${(single.bytes / 1024).toFixed(1)} KiB per image kept`);
const fenced = fence(image);
say(
  `a broker of ${fenced.changes} partitions is fenced: ${fenced.scanMs.toFixed(0)} ms to find and encode the changes,`,
);
say(`  ${fenced.applyMs.toFixed(0)} ms to decode and apply them in batches of ${BATCH_RECORDS}`);
const count = timed(() => Array.from({ length: BROKERS }, (_, id) => image.hostedPartitionCount(id)));
say(`partitions of each of ${BROKERS} brokers counted: ${count.ms.toFixed(2)} ms`);
const written = timed(() => writeSnapshot(image));
say(`snapshot: ${MiB(written.value.size)} MiB, written to memory in ${written.ms.toFixed(0)} ms`);
const { provenance } = image;
image = undefined;
const loaded = timed(() => loadSnapshot(written.value, { provenance }));
say(`snapshot loaded from memory in ${loaded.ms.toFixed(0)} ms: ${loaded.value.topicCount} topics`);
