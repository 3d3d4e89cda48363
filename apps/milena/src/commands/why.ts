import { metadataHistory, why, type WhyLink, type WhySubject } from '@milena/metadata-follower';
import { CommandFailure } from '../command-failure';
import { dataText, type OutputFormat } from '../output/printer';
import { printRecord, readingLog, recordData } from './metadata-records';
import { storagePlatform } from './storage-platform';

/** `milena why <subject> [path]`: the records that led to the present state of something, and what caused them. */
export async function whyCommand(subject: string, path: string, { output }: { output: OutputFormat }): Promise<void> {
  const { disk } = storagePlatform();
  const chain = readingLog(() => why(parseSubject(subject), () => metadataHistory(disk, path)));
  if (chain.length === 0) throw new CommandFailure(3, `${subject}: the log has no record of it`);
  if (output !== 'table') return void process.stdout.write(await dataText(output, chain.map(linkData)));
  for (const link of chain) {
    await printRecord(link, 'table', link.role === 'cause' ? '  because' : '         ');
    if (link.traceparent !== undefined && link.role === 'change') {
      process.stdout.write(`${' '.repeat(25)}trace ${link.traceparent.split('-')[1] ?? link.traceparent}\n`);
    }
  }
}

function linkData(link: WhyLink): Readonly<Record<string, unknown>> {
  return { role: link.role, ...recordData(link) };
}

/** `orders-3`, `broker:1`, `topic:orders/retention.ms`, `broker:1/log.retention.ms`, `topic:orders`. */
function parseSubject(text: string): WhySubject {
  const config = /^(topic|broker):([^/]*)(?:\/(.+))?$/.exec(text);
  if (config !== null) {
    const [, kind, name = '', key] = config;
    if (kind === 'broker' && key === undefined && /^\d{1,9}$/.test(name)) return { kind: 'broker', id: Number(name) };
    const resource = kind === 'topic' ? 'TOPIC' : 'BROKER';
    return { kind: 'config', resource, name, ...(key === undefined ? {} : { key }) };
  }
  const partition = /^(.+)-(\d{1,9})$/.exec(text);
  if (partition !== null) return { kind: 'partition', topic: partition[1] ?? '', partition: Number(partition[2]) };
  throw new CommandFailure(
    2,
    `${text}: must be a partition (orders-3), broker:ID, or configuration (topic:NAME/KEY, broker:ID/KEY)`,
  );
}
