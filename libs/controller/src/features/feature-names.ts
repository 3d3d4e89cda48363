/** Feature that puts eligible leader replicas into use at level 1 (KIP-966). */
export const ELR_FEATURE = 'eligible.leader.replicas.version';
