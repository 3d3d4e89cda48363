export { createVirtualTime, type VirtualTime } from './virtual-time';
export { createPausableTimers, type PausableTimers } from './pausable-timers';
export { createProcessTime, type ProcessTime, type ProcessTimeOptions } from './process-time';
export { createSeededRandom, type SeededRandom } from './seeded-random';
export { createMemoryDisk, type MemoryDisk, type MemoryDiskOptions } from './memory-disk';
export type { CrashMode } from './memory-folder';
export type { DiskFault, DiskOperation } from './disk-faults';
export { createMemoryStateStores, type MemoryStateStores, type MemoryStateStoresOptions } from './memory-state-stores';
export { describeStateStoreContract, type StateStoreContractSubject } from './state-store-contract';
export {
  createMemoryNetwork,
  type MemoryNetwork,
  type MemoryNetworkOptions,
  type MemoryServer,
  type NetworkProcess,
} from './memory-network';
export type { Delivery } from './memory-exchange';
export { createRecordingLogger, type LogLine, type RecordingLogger } from './recording-logger';
export { describeDiskContract, type DiskContractSubject } from './disk-contract';
export { describeTimersContract, type TimersContractSubject } from './timers-contract';
export { describeChannelContract } from './channel-contract';
export { MAX_QUEUED_BYTES, type ChannelContractSubject, type ContractServer } from './channel-contract-setting';
