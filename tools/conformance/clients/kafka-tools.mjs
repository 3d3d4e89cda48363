// Apache Kafka's command-line tools, unmodified, from its published jars: what bin/kafka-topics.sh and its like run.
import { kafkaClassPath } from '../prerequisites.mjs';
import { run } from '../process.mjs';

const mainClasses = {
  'kafka-topics': 'org.apache.kafka.tools.TopicCommand',
  'kafka-consumer-groups': 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
  'kafka-configs': 'kafka.admin.ConfigCommand',
  'kafka-reassign-partitions': 'org.apache.kafka.tools.reassign.ReassignPartitionsCommand',
  'kafka-leader-election': 'org.apache.kafka.tools.LeaderElectionCommand',
  'kafka-features': 'org.apache.kafka.tools.FeatureCommand',
  'kafka-log-dirs': 'org.apache.kafka.tools.LogDirsCommand',
};

/** Runs a tool against `bootstrap` and gives what it printed; rejects when it exits non-zero. */
export async function kafkaTool(name, bootstrap, ...args) {
  const java = ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-cp', kafkaClassPath(), mainClasses[name]];
  const { stdout } = await run('java', [...java, '--bootstrap-server', bootstrap, ...args], { timeoutMs: 60_000 });
  return stdout;
}

/** What `kafka-dump-log` prints of files, which need no running broker; rejects when it exits non-zero. */
export async function dumpLog(files, ...options) {
  const java = ['-Xmx256m', '-cp', kafkaClassPath(), 'kafka.tools.DumpLogSegments'];
  const { stdout, stderr } = await run('java', [...java, '--files', files.join(','), ...options], {
    timeoutMs: 120_000,
  });
  return stdout + stderr;
}

/** Rows of a table as the tools print them: the first line that has `column` names the columns. */
export function table(text, column) {
  const lines = text.split('\n').map((line) => line.trim().split(/\s+/));
  const head = lines.findIndex((words) => words.includes(column));
  if (head < 0) throw new Error(`no column ${column} in:\n${text}`);
  return lines
    .slice(head + 1)
    .filter((words) => words.length === lines[head].length)
    .map((words) => Object.fromEntries(words.map((word, index) => [lines[head][index], word])));
}
