import { MetadataFollower } from '@milena/metadata-follower';
import { createRaftDriver, formatStorage, readMetaProperties } from '@milena/raft-driver';

const nodeId = 999;

/** An observer of the metadata log that counts partitions and who leads them, by what each delta changed. */
export async function startObserver({ platform, connector, clusterId, folder, endpoints }) {
  const voters = { kind: 'none' };
  await formatStorage({ platform, logFolders: [folder], metadataLogFolder: folder, clusterId, nodeId, voters });
  const metadataLog = createRaftDriver({
    platform,
    nodeId,
    directoryId: readMetaProperties(platform.disk, folder).directoryId,
    clusterId,
    role: 'observer',
    logFolder: folder,
    connector,
    bootstrapServers: endpoints,
    onFatal(error) {
      throw error;
    },
  });
  const led = new Map();
  const count = (broker, by) => led.set(broker, (led.get(broker) ?? 0) + by);
  const observer = { metadataLog, partitions: 0, appliedOffset: -1, ledBy: (brokerId) => led.get(brokerId) ?? 0 };
  const follower = new MetadataFollower({
    platform,
    metadataLog,
    publish(delta, image, at) {
      for (const [topicId, indexes] of delta.changedTopics) {
        for (const index of indexes) {
          const before = delta.base.partition(topicId, index);
          if (before === undefined) observer.partitions += 1;
          else count(before.leader, -1);
          count(image.partition(topicId, index).leader, 1);
        }
      }
      observer.appliedOffset = at.lastOffset;
    },
  });
  follower.start();
  await metadataLog.start();
  return observer;
}
