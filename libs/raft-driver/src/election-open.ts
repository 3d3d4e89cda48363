import type { Leadership } from '@milena/raft';

/** Whether it is open for this node who leads: it knows no leader, stands for election, or gave up leading. */
export function isElectionOpen({ role }: Leadership): boolean {
  return role !== 'leader' && role !== 'follower';
}
