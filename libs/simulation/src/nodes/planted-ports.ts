import { alterPartitionRpc, brokerHeartbeatRpc } from '@milena/cluster-protocol';
import { addOffset } from '@milena/model';
import type { DiskFile, Platform, ServiceHost } from '@milena/platform';
import type { MetadataLog, MetadataLogListener } from '@milena/raft-driver';
import type { ControllerServer } from '@milena/controller-server';
import { withFiles, withMethods } from '../with-methods';

/** Bugs planted at the ports of a controller: its code is right, what it is told is what a wrong code would have made of it. */
export type PortBug =
  /** A sync that failed is asked for again, and its success believed: the pages of the first were lost. */
  | 'failed syncs are retried'
  /** Renames and new files count as durable without a sync of their folder. */
  | 'folders are not synced'
  /** A snapshot gets its name before it is durable. */
  | 'snapshots are not synced'
  /** As if the configuration of the topic were not looked at. */
  | 'unclean elections are always on'
  /** Requests of a broker's former life pass as those of its present one. */
  | 'broker epochs are taken for current'
  /** What was appended is taken for committed at once. */
  | 'appends are told as committed'
  /** A snapshot ends with the same record twice. */
  | 'snapshots hold their last record twice'
  /** The active controller is not told that it resigned. */
  | 'resigning is not told';

/** The platform of a process with a bug of its disk. */
export function plantInPlatform(platform: Platform, bug: PortBug | undefined): Platform {
  switch (bug) {
    case 'failed syncs are retried':
      return { ...platform, disk: withFiles(platform.disk, retrying) };
    case 'snapshots are not synced':
      return { ...platform, disk: withFiles(platform.disk, neverSyncingSnapshots) };
    case 'folders are not synced':
      return { ...platform, disk: withMethods(platform.disk, { fsyncDirectory: () => Promise.resolve() }) };
    default:
      return platform;
  }
}

/** The metadata log as a controller with a bug sees it. */
export function plantInMetadataLog(log: MetadataLog, bug: PortBug | undefined): MetadataLog {
  if (bug === 'resigning is not told') {
    return withMethods(log, {
      subscribe: (listener) => log.subscribe(withMethods(listener, { onResigned: () => undefined })),
    });
  }
  if (bug === 'snapshots hold their last record twice') {
    return withMethods(log, { createSnapshot: (id, records) => log.createSnapshot(id, endingTwice(records)) });
  }
  return bug === 'appends are told as committed' ? tellingAppends(log) : log;
}

/** The service host on which a controller with a bug serves. */
export function plantInServices(
  host: ServiceHost,
  controller: () => ControllerServer | undefined,
  bug: PortBug | undefined,
): ServiceHost {
  if (bug !== 'broker epochs are taken for current') return host;
  const current = (brokerId: number, asked: number): number =>
    controller()?.latestImage().broker(brokerId)?.epoch ?? asked;
  return {
    stream: (method, accept) => host.stream(method, accept),
    unary: (method, handler) =>
      host.unary(method, (bytes, context) => {
        for (const rpc of [brokerHeartbeatRpc, alterPartitionRpc]) {
          if (method !== rpc.method) continue;
          const request = rpc.decodeRequest(bytes) as { brokerId: number; brokerEpoch: number };
          const changed = { ...request, brokerEpoch: current(request.brokerId, request.brokerEpoch) };
          return handler(Buffer.from((rpc.encodeRequest as (value: unknown) => Uint8Array)(changed)), context);
        }
        return handler(bytes, context);
      }),
  };
}

function retrying(file: DiskFile): DiskFile {
  return withMethods(file, { fdatasync: () => file.fdatasync().catch(() => file.fdatasync()) });
}

function* endingTwice(records: Iterable<Uint8Array>): Iterable<Uint8Array> {
  let last: Uint8Array | undefined;
  for (const record of records) yield (last = record);
  if (last !== undefined) yield last;
}

function neverSyncingSnapshots(file: DiskFile): DiskFile {
  return file.path.includes('.checkpoint') ? withMethods(file, { fdatasync: () => Promise.resolve() }) : file;
}

function tellingAppends(log: MetadataLog): MetadataLog {
  let listener: MetadataLogListener | undefined;
  let toldUpTo = -1;
  return withMethods(log, {
    subscribe: (subscriber) => {
      listener = subscriber;
      log.subscribe(
        withMethods(subscriber, {
          onCommitted: (batch) => {
            if (batch.lastOffset > toldUpTo) subscriber.onCommitted(batch);
          },
        }),
      );
    },
    append: (epoch, records, trace) => {
      const appended = log.append(epoch, records, trace);
      if (!appended.ok) return appended;
      const { baseOffset, lastOffset } = appended.value;
      void Promise.resolve().then(() => {
        toldUpTo = lastOffset;
        const values = records.map((record) => Buffer.from(record));
        listener?.onCommitted({ baseOffset, lastOffset, epoch, timestamp: 0 as never, records: values });
      });
      return { ok: true, value: { baseOffset, lastOffset: addOffset(baseOffset, records.length - 1) } };
    },
  });
}
