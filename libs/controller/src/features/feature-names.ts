/** Feature that puts eligible leader replicas into use at level 1 (KIP-966). */
export const ELR_FEATURE = 'eligible.leader.replicas.version';

/** Feature of the metadata quorum: level 1 allows voters to change (KIP-853). */
export const KRAFT_VERSION_FEATURE = 'kraft.version';
