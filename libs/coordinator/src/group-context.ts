import type { Logger } from '@milena/platform';
import type { Deadlines } from './deadlines';
import type { GroupSettings } from './group-settings';
import type { GroupsImage } from './image/groups-image';
import type { Moment } from './moment';
import type { Outbox } from './outbox';

/** What the steps of a coordinator work with. */
export interface GroupContext {
  readonly settings: GroupSettings;
  readonly deadlines: Deadlines;
  readonly outbox: Outbox;
  readonly logger: Logger;
  /** Time of the input at work. */
  now(): Moment;
  /** What is kept, uncommitted records included. */
  image(): GroupsImage;
  /** A member id nobody has, that begins with what is given. */
  newMemberId(prefix: string): string;
}
