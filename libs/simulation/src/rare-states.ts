/**
 * States that are easy to write a bug for and seldom reached. Each run reports those it came through; `npm run sim` names
 * what too few seeds reach, because what is never reached is never checked ("sometimes" assertions).
 */
export const RARE_STATES = [
  'a leader was elected while nothing was committed',
  'a leader was elected after all machines went down',
  'a leader of an older epoch still leads beside a newer one',
  'a leader was woken after another was elected',
  'a leader stepped down because no majority fetched from it',
  'a leader had more than ten epochs before it',
  'a follower threw away a divergent tail',
  'a node was started with a torn tail',
  'a node lost the power right after it voted',
  'a high watermark moved past records of an older epoch',
  'the same node led two epochs in a row',
  'a process ended for failed sync',
  'a process ended for no space',
  'a bit of a log was flipped',
  'a damaged log was refused',
  'a damaged log was repaired',
  'a request was answered after its leader changed',
  'a write was acknowledged that its client had given up',
  'a snapshot was made',
  'a snapshot was loaded at a start',
  'a snapshot was fetched from a leader',
  'the log was cleaned behind a snapshot',
  'a divergence reached behind a snapshot',
  'a voter was added',
  'a voter was removed',
  'a voter change was undone by truncation',
  'a leader removed itself',
  'an observer caught up',
  'an in-sync set shrank to one replica',
  'a leader was elected from the ELR',
  'a broker was fenced while it led partitions',
  'a partition was left without a leader',
  'a broker took over its own registration',
] as const;

/** One of them. */
export type RareState = (typeof RARE_STATES)[number];
