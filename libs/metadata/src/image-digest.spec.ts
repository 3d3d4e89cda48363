import fc from 'fast-check';
import { offset, producerId, uuidFromBytes } from '@milena/model';
import {
  createDelta,
  createSnapshotDelta,
  decodeMetadataRecord,
  emptyImage,
  encodeMetadataRecord,
  imageDigest,
  imageRecords,
  isSameImage,
  type MetadataImage,
  type MetadataRecord,
} from './index';

interface Step {
  readonly kind: number;
  readonly a: number;
  readonly b: number;
}

const steps = fc.array(fc.record({ kind: fc.nat(8), a: fc.nat(5), b: fc.nat(5) }), { maxLength: 60, size: 'max' });

function idOf(number: number): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32BE(number + 1, 12);
  return uuidFromBytes(bytes);
}

/** A record that may follow `image`, chosen by the step; a NoOpRecord where the chosen kind cannot. */
function recordFor(image: MetadataImage, { kind, a, b }: Step, serial: number): MetadataRecord {
  const topic = [...image.topics()].sort((left, right) => (left.name < right.name ? -1 : 1))[a];
  const broker = image.brokers()[a];
  const replicas = [...new Set([a, (a + 1 + b) % 6, 9])];
  const fallback: MetadataRecord = { type: 'NoOpRecord' };
  switch (kind) {
    case 0:
      return {
        type: 'RegisterBrokerRecord',
        brokerId: a,
        incarnationId: idOf(serial),
        listeners: [{ name: 'PLAINTEXT', host: `h${a}`, port: 9092 + b, securityProtocol: 'SASL_SSL' }],
        features: [{ name: 'metadata.version', minLevel: 1, maxLevel: b + 1 }],
        ...(b > 2 ? { rack: `r${b}` } : {}),
        fenced: true,
        inControlledShutdown: false,
        logDirectories: [idOf(b)],
      };
    case 1:
      return image.topicByName(`t${a}`) ? fallback : { type: 'TopicRecord', name: `t${a}`, topicId: idOf(serial) };
    case 2:
      return topic
        ? {
            type: 'PartitionRecord',
            topicId: topic.id,
            partitionId: topic.partitionCount,
            replicas,
            isr: replicas,
            addingReplicas: [],
            removingReplicas: [],
            leader: a,
            leaderEpoch: b,
            partitionEpoch: b,
            leaderRecoveryState: b > 3 ? 'RECOVERING' : 'RECOVERED',
            directories: replicas.map(idOf),
          }
        : fallback;
    case 3: {
      const state = topic?.partition(b);
      if (topic === undefined || state === undefined) return fallback;
      const change = { type: 'PartitionChangeRecord', topicId: topic.id, partitionId: b } as const;
      return b % 2
        ? { ...change, isr: [state.leader] }
        : { ...change, leader: state.isr.at(-1)!, replicas: [...state.replicas, 20] };
    }
    case 4:
      return topic && b === 0 ? { type: 'RemoveTopicRecord', topicId: topic.id } : fallback;
    case 5:
      return broker
        ? {
            type: 'BrokerRegistrationChangeRecord',
            brokerId: broker.id,
            brokerEpoch: broker.epoch,
            fenced: b % 2 === 0,
          }
        : fallback;
    case 6: {
      const config = { type: 'ConfigRecord', resourceType: 'TOPIC', resourceName: `t${a}`, name: `k${b % 2}` } as const;
      return b > 3 ? config : { ...config, value: `v${b}` };
    }
    case 7:
      return { type: 'ProducerIdsRecord', brokerId: a, brokerEpoch: offset(b), nextProducerId: producerId(serial) };
    default:
      return { type: 'FeatureLevelRecord', name: `f${a}`, featureLevel: b };
  }
}

function play(script: readonly Step[]): MetadataImage {
  let image = emptyImage;
  script.forEach((step, serial) => {
    const delta = createDelta(image);
    delta.replay(decodeMetadataRecord(encodeMetadataRecord(recordFor(image, step, serial))), offset(serial), 1);
    image = delta.apply();
  });
  return image;
}

/** The image's records replayed at once onto the empty image, as a node does that loads a snapshot. */
function reload(image: MetadataImage): MetadataImage {
  const delta = createDelta(emptyImage);
  let at = 0;
  for (const record of imageRecords(image)) delta.replay(record, offset(at++), image.provenance.epoch);
  return delta.apply();
}

const content = (image: MetadataImage) => imageDigest(image).split(':').slice(1).join(':');

describe('an image', () => {
  it('is the same whether built record by record or from the records it is made of', () => {
    fc.assert(
      fc.property(steps, (script) => {
        const image = play(script);
        expect(content(reload(image))).toBe(content(image));
      }),
      { seed: 1, numRuns: 150 },
    );
  });

  it('is the same as another exactly when their digests are equal', () => {
    fc.assert(
      fc.property(steps, fc.nat(60), (script, changed) => {
        const image = play(script);
        const rebuilt = createSnapshotDelta(emptyImage, image.provenance);
        for (const record of imageRecords(image)) rebuilt.load(record);
        const other = play(
          script.map((step, serial) => (serial === changed ? { ...step, b: (step.b + 1) % 6 } : step)),
        );
        expect(isSameImage(image, rebuilt.apply())).toBe(true);
        expect(isSameImage(image, other)).toBe(imageDigest(image) === imageDigest(other));
        expect(isSameImage(other, image)).toBe(imageDigest(image) === imageDigest(other));
      }),
      { seed: 3, numRuns: 150 },
    );
  });

  it('lists for each broker exactly the partitions it has a replica of', () => {
    fc.assert(
      fc.property(steps, (script) => {
        const image = play(script);
        for (const id of [0, 1, 2, 3, 4, 5, 9, 20]) {
          const listed = [...image.hostedPartitions(id)].map(({ topic, partition }) => `${topic.name}-${partition}`);
          const held = [...image.topics()].flatMap((topic) =>
            [...topic.partitions()].flatMap(({ replicas }, index) =>
              replicas.includes(id) ? [`${topic.name}-${index}`] : [],
            ),
          );
          expect(listed.sort()).toEqual(held.sort());
          expect(image.hostedPartitionCount(id)).toBe(held.length);
        }
      }),
      { seed: 2, numRuns: 150 },
    );
  });

  it('has another digest when one value differs', () => {
    const before = play([{ kind: 8, a: 1, b: 1 }]);
    const after = play([{ kind: 8, a: 1, b: 2 }]);
    expect(imageDigest(after)).not.toBe(imageDigest(before));
  });
});
