import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The project's root, where bundles are found and processes are started. */
export const ROOT = join(__dirname, '..', '..', '..');
const BUNDLES = join(ROOT, 'dist', 'apps');

/** Path of an app's bundle. */
export const bundle = (app: string) => join(BUNDLES, app, 'main.js');

/** Builds the bundles if a source changed. */
export function buildBundles(): void {
  execFileSync(process.execPath, [join(ROOT, 'tools', 'build', 'if-changed.mjs')], { cwd: ROOT, stdio: 'ignore' });
}

/** Outcome of a command that ran to its end. */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a bundle to its end. */
export function run(app: string, ...args: readonly string[]): Promise<Finished> {
  return runWithInput('', app, ...args);
}

/** Runs a bundle to its end, with `input` on its stdin. */
export function runWithInput(input: string, app: string, ...args: readonly string[]): Promise<Finished> {
  return runToEnd({ cwd: ROOT, input }, app, args);
}

/** Runs a bundle to its end in a folder. */
export function runIn(cwd: string, app: string, ...args: readonly string[]): Promise<Finished> {
  return runToEnd({ cwd, input: '' }, app, args);
}

function runToEnd(
  { cwd, input }: { readonly cwd: string; readonly input: string },
  app: string,
  args: readonly string[],
): Promise<Finished> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [bundle(app), ...args],
      { cwd, timeout: 20_000 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, stdout, stderr });
      },
    );
    child.stdin?.end(input);
  });
}

/** The line `milena dev --json` writes. */
export interface ReadyLine {
  readonly ready: true;
  readonly bootstrap: string;
  readonly admin: string;
  readonly http: string;
  readonly zookeeper: string;
  readonly processes: readonly {
    readonly role: 'controller' | 'broker' | 'gateway' | 'zookeeper';
    readonly id: number;
    readonly pid: number;
    readonly argv: readonly string[];
    readonly cwd: string;
    readonly listeners: Readonly<Record<string, string>>;
  }[];
}

/** A process under way, with everything it wrote. */
export class Running {
  readonly #output = { stdout: '', stderr: '' };
  readonly #ended: Promise<number | null>;

  constructor(readonly child: ChildProcess) {
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8').on('data', (text: string) => (this.#output[name] += text));
    }
    this.#ended = once(child, 'close').then(([code]) => code as number | null);
  }

  static start(argv: readonly string[]): Running {
    const [program = '', ...args] = argv;
    return new Running(spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  get stdout(): string {
    return this.#output.stdout;
  }

  get stderr(): string {
    return this.#output.stderr;
  }

  /** The first line on stdout; rejects with what stderr says when the process ends before. */
  async firstLine(): Promise<string> {
    const line = once(createInterface({ input: this.child.stdout! }), 'line').then(([text]) => text as string);
    const ended = this.#ended.then((code) => Promise.reject(new Error(`ended with ${code}: ${this.stderr}`)));
    return Promise.race([line, ended]);
  }

  /** Sends SIGTERM; the exit code. */
  async stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    return this.#ended;
  }
}

/** Starts `milena dev --json --any-port`; gives it with its ready line. */
export async function startDev(data: string, ...args: readonly string[]): Promise<{ dev: Running; ready: ReadyLine }> {
  const dev = Running.start([
    process.execPath,
    bundle('milena'),
    'dev',
    '--json',
    '--any-port',
    '--data',
    data,
    ...args,
  ]);
  return { dev, ready: JSON.parse(await dev.firstLine()) as ReadyLine };
}
