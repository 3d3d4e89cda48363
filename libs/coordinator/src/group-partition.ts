/**
 * Partition of `__consumer_offsets` that holds a group: Java's `String.hashCode` without its sign, modulo the partitions.
 * Brokers, clients and tools must agree on it.
 */
export function groupPartition(groupId: string, partitionCount: number): number {
  let hash = 0;
  for (let index = 0; index < groupId.length; index += 1) hash = (Math.imul(hash, 31) + groupId.charCodeAt(index)) | 0;
  // Kafka clears the sign bit instead of negating, so that the smallest integer has a place too.
  return (hash & 0x7fffffff) % partitionCount;
}
