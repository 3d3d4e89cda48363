import { maxOffset, type Offset } from '@milena/model';
import type { BatchHeader } from '@milena/record-batch';
import { ProducerState, type ProducerEntry } from '@milena/replication';
import { scanHeaders } from './batch-scan';
import type { LogSegment } from './log-segment';
import type { LoadedProducers, ProducerSnapshots } from './producer-snapshots';
import type { SegmentList } from './segment-list';

/** How much log before a snapshot is looked at again to fill the windows. */
const REFILL_BYTES_MAX = 1024 * 1024;

/** Where producers are rebuilt from and into. */
export interface ProducerRebuild {
  readonly producers: ProducerState;
  readonly snapshots: ProducerSnapshots;
  readonly segments: SegmentList;
  readonly logStartOffset: Offset;
}

/**
 * Replaces the state of all producers by what the log says: the newest intact snapshot, then every batch after it. The
 * snapshot format holds one batch per producer; the others of its window are read again from the last MiB before it, so
 * that a client which retries across a restart still gets the original offsets.
 */
export function rebuildProducers({ producers, snapshots, segments, logStartOffset }: ProducerRebuild): void {
  const snapshot = snapshots.loadNewest(logStartOffset);
  producers.restore(withWindows(snapshot, segments));
  for (const segment of segments.from(snapshot.offset)) {
    for (const { header } of segment.headersFrom(maxOffset(snapshot.offset, segment.baseOffset))) {
      if (header.baseOffset >= snapshot.offset) producers.update(header);
    }
  }
}

function withWindows(snapshot: LoadedProducers, segments: SegmentList): readonly ProducerEntry[] {
  if (snapshot.entries.length === 0) return snapshot.entries;
  const recent = new ProducerState();
  for (const header of headersBefore(snapshot.offset, segments)) recent.update(header);
  return snapshot.entries.map((entry) => {
    const seen = recent.entry(entry.producerId);
    const isSame = seen?.epoch === entry.epoch && seen.batches.at(-1)?.lastOffset === entry.batches.at(-1)?.lastOffset;
    return seen !== undefined && isSame ? { ...entry, batches: seen.batches } : entry;
  });
}

/** Headers of the last REFILL_BYTES_MAX before `end`, a batch's beginning. */
function* headersBefore(end: Offset, segments: SegmentList): Generator<BatchHeader, void, undefined> {
  const ranges: { readonly segment: LogSegment; readonly from: number; readonly to: number }[] = [];
  let left = REFILL_BYTES_MAX;
  for (const segment of segments.all.toReversed()) {
    if (segment.baseOffset >= end) continue;
    const to = segment.find(end)?.position ?? segment.size;
    const from = segment.offsetIndex.floorPosition(Math.max(0, to - left));
    ranges.unshift({ segment, from, to });
    left -= to;
    if (left <= 0) break;
  }
  for (const { segment, from, to } of ranges) {
    for (const { header } of scanHeaders(segment.file, from, to)) yield header;
  }
}
