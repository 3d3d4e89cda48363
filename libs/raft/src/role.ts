import type { Candidate } from './roles/candidate';
import type { Follower } from './roles/follower';
import type { Leader } from './roles/leader';
import type { Prospective } from './roles/prospective';
import type { Resigned } from './roles/resigned';
import type { Unattached } from './roles/unattached';

/** What a replica is in its epoch. Observers are only ever unattached or follower. */
export type Role = Unattached | Prospective | Candidate | Leader | Follower | Resigned;
