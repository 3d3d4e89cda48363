// ZooKeeper's own command line as zkCli.sh runs it: one command, or a session that is fed commands and watched.
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { zookeeperClassPath } from '../prerequisites.mjs';
import { run, until } from '../process.mjs';

const mainClass = 'org.apache.zookeeper.ZooKeeperMain';
const java = () => ['-Xmx128m', '-XX:TieredStopAtLevel=1', '-cp', zookeeperClassPath(), mainClass];

/** Runs one command and gives everything printed; `code` is 0 or 1. */
export async function zkCli(server, ...command) {
  const args = [...java(), '-server', server, '-timeout', '10000', ...command];
  const { code, stdout, stderr } = await run('java', args, { anyExit: true, timeoutMs: 30_000 });
  return { code, text: stdout + stderr };
}

/** A session that stays: `events` are its watch events in order, as `type path`. */
export async function startZkCli(servers, { timeoutMs = 6_000 } = {}) {
  const args = [...java(), '-server', servers, '-timeout', `${timeoutMs}`];
  const child = spawn('java', args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let text = '';
  child.stdin.on('error', () => {});
  child.stdout.on('data', (chunk) => (text += chunk));
  child.stderr.on('data', (chunk) => (text += chunk));
  const session = {
    get text() {
      return text;
    },
    /** Node events; changes of the connection itself are in `states`. */
    get events() {
      return [...text.matchAll(/WatchedEvent state:\S+ type:(\S+) path:(\S+)/g)]
        .filter(([, type]) => type !== 'None')
        .map(([, type, path]) => `${type} ${path}`);
    },
    get states() {
      return [...text.matchAll(/WatchedEvent state:(\S+) type:None/g)].map(([, state]) => state);
    },
    /** Sends a command and waits until what it prints after it matches `pattern`. */
    async command(line, pattern) {
      const from = text.length;
      child.stdin.write(`${line}\n`);
      return until(`zkCli to answer ${line}`, 20_000, () => pattern.exec(text.slice(from)) ?? undefined).catch(
        (error) => {
          error.message += `\n${text.slice(-2_000)}`;
          throw error;
        },
      );
    },
    kill: () => child.kill('SIGKILL'),
  };
  await until('zkCli to connect', 30_000, () => session.states.includes('SyncConnected')).catch((error) => {
    child.kill('SIGKILL');
    error.message += `\n${text.slice(-2_000)}`;
    throw error;
  });
  return session;
}

/** Everything a four-letter word answers. */
export function fourLetters(address, word) {
  const split = address.lastIndexOf(':');
  return new Promise((resolve, reject) => {
    const socket = connect(Number(address.slice(split + 1)), address.slice(0, split), () => socket.write(word));
    let answer = '';
    socket.setTimeout(5_000, () => socket.destroy(new Error(`${word} was not answered`)));
    socket.on('data', (chunk) => (answer += chunk));
    socket.on('end', () => resolve(answer));
    socket.on('error', reject);
  });
}
