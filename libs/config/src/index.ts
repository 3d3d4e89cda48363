export { loadConfig, type ConfigSources, type LoadedConfig } from './load-config';
export type { NodeConfig, NodeRoles } from './node-config';
export type { ListenerConfig, NodeListener } from './listener-config';
export { metadataLogConfig, type MetadataLogConfig } from './metadata-log-config';
export type { QuorumConfig, QuorumSettings, StaticVoter } from './quorum-config';
export type { ServiceEndpoints } from './service-endpoints';
export { environmentEntries, keyOfVariable } from './environment-entries';
export { propertiesText, readProperties } from './properties-file';
export { serviceArguments, type ParsedServiceArguments, type ServiceArguments } from './service-arguments';
