import { imageRecords } from '@milena/metadata';
import { metadataAt, type HistoryPoint, type MetadataMoment } from '@milena/metadata-follower';
import { CommandFailure } from '../command-failure';
import { dataText, type OutputFormat } from '../output/printer';
import { logFailure } from './metadata-records';
import { storagePlatform } from './storage-platform';

/** `milena metadata at <offset or time> [path]`: all metadata as it was then, as the records a snapshot of it would hold. */
export async function metadataAtCommand(point: string, path: string, options: { output: OutputFormat }): Promise<void> {
  const { image, timestamp } = readMoment(parsePoint(point), path);
  const { offset, epoch } = image.provenance;
  const at = { offset, epoch, ...(timestamp === undefined ? {} : { timestamp }) };
  if (options.output === 'table') {
    const time = timestamp === undefined ? 'before the first record' : new Date(timestamp).toISOString();
    process.stdout.write(`as of offset ${offset}, epoch ${epoch}, ${time}\n`);
    for (const { type, ...fields } of imageRecords(image)) process.stdout.write(`${type} ${JSON.stringify(fields)}\n`);
    return;
  }
  const { output } = options;
  const records = [...imageRecords(image)];
  process.stdout.write(await dataText(output, output === 'ndjson' ? records : { ...at, records }));
}

function readMoment(point: HistoryPoint, path: string): MetadataMoment {
  try {
    return metadataAt(storagePlatform().disk, path, point);
  } catch (cause) {
    if (cause instanceof RangeError) throw new CommandFailure(3, cause.message, { cause });
    throw logFailure(cause);
  }
}

const ISO_8601 = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/;

/** Whole numbers of up to eleven digits are offsets, longer ones milliseconds since 1970; else a time as ISO 8601 has it. */
function parsePoint(text: string): HistoryPoint {
  if (/^\d{1,11}$/.test(text)) return { offset: Number(text) };
  const timestamp = /^\d{12,15}$/.test(text) ? Number(text) : ISO_8601.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(timestamp)) return { timestamp };
  throw new CommandFailure(2, `${text}: must be an offset or a time, as in 2026-11-22T07:00:00Z`);
}
