// What the cases need besides the project: kcat, librdkafka's Python binding, Apache Kafka's jars. A case whose need cannot be
// met is skipped with a line that says so.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './cluster.mjs';
import { run } from './process.mjs';

const cache = join(root, '.milena', 'conformance');
const confluentKafka = 'confluent-kafka==2.16.1';
const jars = join(cache, 'kafka-tools');

/** The Python with confluent-kafka. */
export const python = () => join(cache, 'venv', 'bin', 'python');
/** Class path of Apache Kafka's own tools. */
export const kafkaClassPath = () => join(jars, '*');

const providers = {
  kcat: () => run('kcat', ['-V']),
  async python() {
    const stamp = join(cache, 'venv', confluentKafka);
    if (existsSync(stamp)) return;
    mkdirSync(cache, { recursive: true });
    await run('python3', ['-m', 'venv', join(cache, 'venv')]);
    await run(python(), ['-m', 'pip', 'install', '--quiet', '--only-binary', ':all:', confluentKafka], {
      timeoutMs: 300_000,
    });
    writeFileSync(stamp, '');
  },
  async kafkaTools() {
    if (existsSync(jars) && readdirSync(jars).some((name) => name.startsWith('kafka_'))) return;
    const pom = join(import.meta.dirname, 'kafka-tools', 'pom.xml');
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${jars}`];
    await run('mvn', ['-q', '-B', '-f', pom, ...goal], { timeoutMs: 600_000 });
  },
};

/** Undefined when every need is met, else why not. */
export async function unmet(needs) {
  for (const need of needs) {
    try {
      await providers[need]();
    } catch (error) {
      return `${need}: ${error.message.split('\n')[0]}`;
    }
  }
  return undefined;
}
