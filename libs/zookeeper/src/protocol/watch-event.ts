import { ByteWriter } from '@milena/bytes';
import { writeText } from '../jute/jute-writer';

/** What a watch tells, with ZooKeeper's numbers. */
export const WATCH_EVENT_IDS = {
  NodeCreated: 1,
  NodeDeleted: 2,
  NodeDataChanged: 3,
  NodeChildrenChanged: 4,
} as const;

/** Kind of a watch event. */
export type WatchEventType = keyof typeof WATCH_EVENT_IDS;

/** One event for one client. */
export interface WatchEvent {
  readonly type: WatchEventType;
  readonly path: string;
}

const NOTIFICATION_XID = -1;
const SYNC_CONNECTED = 3;

/**
 * Encodes an event. Its header carries zxid -1, as ZooKeeper's did before 3.9: the client's newest zxid then moves with
 * replies only, so a connection that breaks between two events of one zxid loses neither.
 */
export function encodeWatchEvent({ type, path }: WatchEvent): Buffer {
  const writer = new ByteWriter(32 + path.length);
  writer.int32(NOTIFICATION_XID);
  writer.int64(-1);
  writer.int32(0);
  writer.int32(WATCH_EVENT_IDS[type]);
  writer.int32(SYNC_CONNECTED);
  writeText(writer, path);
  return writer.finish();
}
