import { createMemoryDisk } from '@milena/platform/testing';
import {
  checkMetaProperties,
  decodeMetaProperties,
  encodeMetaProperties,
  readMetaProperties,
  UnusableLogFolder,
  writeMetaProperties,
} from './meta-properties';

const properties = { clusterId: 'Some-Cluster_Id0000000', nodeId: 101, directoryId: 'q0dWYbT3T0SVNzu4XMNe4w' };

it('reads what it writes, and what Kafka writes', async () => {
  const disk = createMemoryDisk();
  disk.makeFolder('/logs');
  await writeMetaProperties(disk, '/logs', properties);
  expect(readMetaProperties(disk, '/logs')).toEqual(properties);
  const kafkas = `#\n#Sun Nov 22 00:00:00 UTC 2026\nnode.id=101\ndirectory.id=${properties.directoryId}\nversion=1\ncluster.id=${properties.clusterId}\n`;
  expect(decodeMetaProperties(kafkas, 'meta.properties')).toEqual(properties);
});

it('knows nothing of a folder that was never formatted', () => {
  expect(readMetaProperties(createMemoryDisk(), '/logs')).toBeUndefined();
});

/** What is written, without the checksum, so that the rest can be told wrong. */
const WRITTEN = encodeMetaProperties(properties).replace(/^#.*\n/, '');

it.each([
  ['a changed bit', encodeMetaProperties(properties).replace('Some-Cluster', 'Somf-Cluster'), /checksum/],
  ['another version', WRITTEN.replace('version=1', 'version=0'), /version=0/],
  ['no node id', WRITTEN.replace('node.id', 'broker.id'), /no node\.id/],
  ['a node id that is no number', WRITTEN.replace('=101', '=one'), /node\.id=one/],
  ['a directory id that is no uuid', WRITTEN.replace('q0dW', 'q'), /directory\.id/],
  ['an empty file', '', /no version/],
])('refuses %s and names the file', (_what, text, message) => {
  expect(() => decodeMetaProperties(text, '/logs/meta.properties')).toThrow(UnusableLogFolder);
  expect(() => decodeMetaProperties(text, '/logs/meta.properties')).toThrow(message);
  expect(() => decodeMetaProperties(text, '/logs/meta.properties')).toThrow('/logs/meta.properties');
});

it('refuses a folder of another node, naming both', () => {
  const check = (): void => checkMetaProperties('/logs', properties, { nodeId: 102, clusterId: properties.clusterId });
  expect(check).toThrow(/\/logs belongs to node\.id 101, but this node is configured as node\.id 102/);
});

it('refuses a folder of another cluster, naming both', () => {
  const check = (): void => checkMetaProperties('/logs', properties, { nodeId: 101, clusterId: 'Other' });
  expect(check).toThrow(/cluster Some-Cluster_Id0000000, .* cluster Other/);
});

it('takes the folder of this node, whatever the cluster when none is configured', () => {
  expect(() => checkMetaProperties('/logs', properties, { nodeId: 101 })).not.toThrow();
});
