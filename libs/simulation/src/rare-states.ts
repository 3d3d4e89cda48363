/**
 * States that are easy to write a bug for and seldom reached. Each run reports those it came through; `npm run sim` names
 * what too few seeds reach, because what is never reached is never checked ("sometimes" assertions).
 */
export const RARE_STATES = [
  'a leader was elected while nothing was committed',
  'a leader was woken after another was elected',
  'a leader stepped down because no majority fetched from it',
  'a leader had more than ten epochs before it',
  'a follower threw away a divergent tail',
  'the same node led two epochs in a row',
  'a process ended for failed sync',
  'a process ended for no space',
  'a process ended for failed read',
  'a bit of a log was flipped',
  'a sector of a log was lost',
  'a node started on a damaged disk',
  'a damaged log was refused',
  'a process met what had rotted under it',
  'a damaged quorum-state was refused',
  'a refused disk was replaced',
  'a snapshot of the leader was installed',
  'a restarted node loaded a snapshot',
  'an observer loaded a snapshot',
  'the leader changed while a snapshot was fetched',
  'a crash interrupted the fetch of a snapshot',
  'a crash interrupted the install of a snapshot',
  'a newcomer became a voter',
  'static voters became voters of the log',
  'a voter came back with another disk',
  'a change of the voters was undone',
  'a leader removed itself from the voters',
  'an in-sync set shrank to one replica',
  'a leader was elected from the ELR',
  'a partition was left without a leader',
  'a broker took over its own registration',
  'a broker stopped in good order',
  'a broker was unregistered',
  'a leader was elected uncleanly',
  'a reassignment was cancelled',
  'a reassignment took the leader away',
  'a level was refused because some node did not know it',
  'a leader could not tell a reader in time that it leads',
] as const;

/** One of them. */
export type RareState = (typeof RARE_STATES)[number];
