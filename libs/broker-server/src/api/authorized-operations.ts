/** Kafka's AclOperation numbers that apply to a topic, to a group and to the cluster. */
const TOPIC_OPERATIONS = {
  read: 3,
  write: 4,
  create: 5,
  delete: 6,
  alter: 7,
  describe: 8,
  describeConfigs: 10,
  alterConfigs: 11,
};
const GROUP_OPERATIONS = {
  read: 3,
  delete: 6,
  describe: 8,
  describeConfigs: 10,
  alterConfigs: 11,
};
const CLUSTER_OPERATIONS = {
  create: 5,
  alter: 7,
  describe: 8,
  clusterAction: 9,
  describeConfigs: 10,
  alterConfigs: 11,
  idempotentWrite: 12,
};

function bits(operations: Readonly<Record<string, number>>): number {
  return Object.values(operations).reduce((set, operation) => set | (1 << operation), 0);
}

/** What a client may do with a topic, a bit per operation (KIP-430): everything, as nothing is restricted. */
export const TOPIC_OPERATION_BITS = bits(TOPIC_OPERATIONS);
/** What a client may do with a group. */
export const GROUP_OPERATION_BITS = bits(GROUP_OPERATIONS);
/** What a client may do with the cluster. */
export const CLUSTER_OPERATION_BITS = bits(CLUSTER_OPERATIONS);
