export { nodeClock } from './node-clock';
export { nodeDisk } from './node-disk';
export { createNodePlatform, type NodePlatformOptions } from './node-platform';
export { createNodeRandom } from './node-random';
export { nodeTimers } from './node-timers';
export { scratchDisk } from './scratch-disk';
