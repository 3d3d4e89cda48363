// What the cases need besides the project: kcat, Python clients, Apache Kafka's and ZooKeeper's jars, Go programs, a C
// library. All pinned, fetched and built on first use into .milena/conformance, where a later run finds them.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './cluster.mjs';
import { run } from './process.mjs';

const cache = join(root, '.milena', 'conformance');
const pythonClients = ['confluent-kafka==2.16.1', 'kazoo==2.11.0'];
const grpcurlVersion = 'v1.9.4';
const slowBuildMs = 1_200_000;

/** Folder in the cache whose name changes with what its content is made of. */
const cached = (name, ...ingredients) =>
  join(cache, `${name}-${createHash('sha256').update(ingredients.join('\n')).digest('hex').slice(0, 12)}`);
const ours = (...path) => join(import.meta.dirname, ...path);
const fingerprint = (folder) =>
  readdirSync(ours(folder))
    .sort()
    .map((name) => readFileSync(ours(folder, name), 'utf8'));

const venv = cached('venv', ...pythonClients);
const jars = (folder) => cached(folder, ...fingerprint(folder));
const goProgram = (folder) => join(cached(folder, ...fingerprint(folder)), folder);

/** The Python with confluent-kafka and kazoo. */
export const python = () => join(venv, 'bin', 'python');
/** Class path of Apache Kafka's own tools. */
export const kafkaClassPath = () => join(jars('kafka-tools'), '*');
/** Class path of Apache ZooKeeper's own command line. */
export const zookeeperClassPath = () => join(jars('zookeeper-tools'), '*');
export const grpcurl = () => join(cached('grpcurl', grpcurlVersion), 'grpcurl');
/** A whole Jaeger: v1, all in one. */
export const jaeger = () => goProgram('jaeger');
/** Reads Prometheus' text format on stdin with Prometheus' own parser and linter; one complaint a line. */
export const metricsJudge = () => goProgram('metrics-judge');

/** The C library's calls that write and sync, which fail when told to: for LD_PRELOAD. */
export const failingDisk = () => join(cached('failing-disk', ...fingerprint('failing-disk')), 'failing-disk.so');

/** Makes `folder` by `make(temporary)`, whole or not at all. */
async function once(folder, make) {
  if (existsSync(folder)) return;
  const temporary = `${folder}.making-${process.pid}`;
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  try {
    await make(temporary);
    renameSync(temporary, folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function copyJars(folder) {
  return once(jars(folder), async (into) => {
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${into}`];
    await run('mvn', ['-q', '-B', '-f', ours(folder, 'pom.xml'), ...goal], { timeoutMs: 600_000 });
  });
}

async function goIsThere() {
  const { stdout } = await run('go', ['version']).catch(() => {
    throw new Error('Go is not installed (1.23 or later builds it)');
  });
  const [, minor] = /go1\.(\d+)/.exec(stdout) ?? [];
  if (Number(minor) < 23) throw new Error(`${stdout.trim()} is too old: 1.23 or later builds it`);
}

/** Builds one of our small Go modules: they pin what they are made of in go.mod and go.sum. */
function goBuild(folder, program) {
  return once(join(goProgram(folder), '..'), async (into) => {
    await goIsThere();
    const args = ['build', '-trimpath', '-ldflags', '-s -w', '-o', join(into, folder), program];
    await run('go', args, { cwd: ours(folder), timeoutMs: slowBuildMs });
  });
}

const providers = {
  kcat: () => run('kcat', ['-V']),
  async python() {
    const stamp = join(venv, 'complete');
    if (existsSync(stamp)) return;
    rmSync(venv, { recursive: true, force: true });
    await run('python3', ['-m', 'venv', venv]); // a venv knows its own path: it cannot be made elsewhere and moved
    await run(python(), ['-m', 'pip', 'install', '--quiet', '--only-binary', ':all:', ...pythonClients], {
      timeoutMs: 300_000,
    });
    writeFileSync(stamp, '');
  },
  kafkaTools: () => copyJars('kafka-tools'),
  zookeeperTools: () => copyJars('zookeeper-tools'),
  grpcurl: () =>
    once(join(grpcurl(), '..'), async (into) => {
      await goIsThere();
      const program = `github.com/fullstorydev/grpcurl/cmd/grpcurl@${grpcurlVersion}`;
      await run('go', ['install', program], { env: { GOBIN: into }, timeoutMs: slowBuildMs });
    }),
  jaeger: () => goBuild('jaeger', 'github.com/jaegertracing/jaeger/cmd/all-in-one'),
  metricsJudge: () => goBuild('metrics-judge', '.'),
  failingDisk: () =>
    once(join(failingDisk(), '..'), async (into) => {
      const flags = ['-O2', '-Wall', '-Wextra', '-Werror', '-shared', '-fPIC', '-o', join(into, 'failing-disk.so')];
      await run('cc', [...flags, ours('failing-disk', 'failing-disk.c')]).catch((error) => {
        throw new Error(`a C compiler is needed: ${error.message}`);
      });
    }),
};

const under = new Map();

/** Meets a need, once. Nothing is built while a case runs: a busy machine would be measured, not the cluster. */
function prepare(need) {
  if (!under.has(need)) {
    const outcome = providers[need]().then(
      () => undefined,
      (error) => `${need}: ${error.message.split('\n').slice(0, 3).join(' | ')}`,
    );
    under.set(need, outcome);
  }
  return under.get(need);
}

/** Undefined when every need is met, else why not. */
export async function unmet(needs) {
  for (const need of needs) {
    const problem = await prepare(need);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
