import { startCluster } from '../cluster.mjs';
import { startKazoo } from '../clients/kazoo.mjs';
import { fourLetters, startZkCli, zkCli } from '../clients/zkcli.mjs';
import { expect, until } from '../process.mjs';

export const title =
  'zkCli.sh and kazoo: watches fire once, survive the death of a shim without a missed event, and shims agree';
export const needs = ['kcat', 'python', 'zookeeperTools'];

/** The brokers' session timeout here, and what a watch may take longer. */
const sessionTimeoutMs = 9_000;
const fenceWithinMs = sessionTimeoutMs + 2_000;
const returnWithinMs = 30_000;
const ids = '/brokers/ids';
const childrenChanged = `NodeChildrenChanged ${ids}`;
/** What `ls` prints, as it ends. */
const listed = /\[[\d, ]*\]/;

const shims = (cluster) => cluster.ids('zookeeper').map((id) => cluster.listener('zookeeper', id, 'ZOOKEEPER'));
const count = (list, wanted) => list.filter((each) => each === wanted).length;

async function brokersSeen(cluster) {
  for (const shim of shims(cluster)) {
    const { code, text } = await zkCli(shim, 'ls', ids);
    expect(code === 0 && text.includes('[1, 2, 3]'), `zkCli ls ${ids} on ${shim}: exit ${code}\n${text}`);
  }
}

/** Watches of all sessions fire once when broker 3 dies and once when it is back. */
async function killAndReturn(cluster, kazoos, cli, note) {
  const arm = async () => {
    for (const session of kazoos) await session.result('children', ids, { watch: true });
    await cli.command(`ls -w ${ids}`, listed);
  };
  const fired = (times) =>
    kazoos.every(({ events }) => events.length >= times) && count(cli.events, childrenChanged) >= times;
  const exactly = async (times, children) => {
    for (const session of kazoos) {
      await session.result('sync', ids);
      const seen = await session.result('children', ids);
      expect(`${seen}` === `${children}`, `kazoo sees ${seen}, not ${children}`);
      expect(
        session.events.length === times && session.events.every(({ event, path }) => event === 'CHILD' && path === ids),
        `kazoo's watch fired ${JSON.stringify(session.events)}, not ${times} times`,
      );
    }
    const [text] = await cli.command(`ls ${ids}`, listed);
    expect(text === `[${children.join(', ')}]`, `zkCli sees ${text}, not ${children}`);
    expect(cli.events.length === times, `zkCli's watch fired ${cli.events}, not ${times} times`);
  };
  await arm();
  const killed = performance.now();
  await cluster.kill9('broker', 3);
  await until('the watches to fire for a dead broker', fenceWithinMs, () => fired(1));
  note(`watches fired ${Math.round(performance.now() - killed)} ms after kill -9 of a broker`);
  await exactly(1, [1, 2]);
  await arm();
  const restarted = performance.now();
  cluster.restart('broker', 3);
  await until('the watches to fire for a returned broker', returnWithinMs, () => fired(2));
  note(`watches fired ${Math.round(performance.now() - restarted)} ms after its restart`);
  await exactly(2, [1, 2, 3]);
}

async function controllerSeen(sessions) {
  const views = [];
  for (const session of sessions) {
    await session.result('sync', '/controller');
    const { brokerid } = JSON.parse(await session.result('get', '/controller'));
    views.push({ id: brokerid, epoch: Number(await session.result('get', '/controller_epoch')) });
  }
  expect(
    views.every(({ id, epoch }) => id === views[0].id && epoch === views[0].epoch),
    `the shims disagree on the controller: ${JSON.stringify(views)}`,
  );
  return views[0];
}

async function controllerFailover(cluster, kazoos, cli, note) {
  const before = await controllerSeen(kazoos);
  const active = await cluster.activeController();
  expect(before.id === active, `/controller says ${before.id}, the quorum is led by ${active}`);
  expect(
    (await cli.command('get /controller', /"brokerid":(\d+)/))[1] === `${active}`,
    'zkCli get /controller differs',
  );
  await kazoos[0].result('get', '/controller', { watch: true });
  const events = kazoos[0].events.length;
  const killed = performance.now();
  await cluster.kill9('controller', active);
  await until('/controller to change', fenceWithinMs, () => kazoos[0].events.length > events);
  note(`/controller changed ${Math.round(performance.now() - killed)} ms after kill -9 of the active controller`);
  const successor = await until('both shims to show the successor', fenceWithinMs, async () => {
    const now = await controllerSeen(kazoos).catch(() => undefined);
    return now !== undefined && now.id !== active ? now : undefined;
  });
  const leader = await cluster.activeController();
  expect(successor.id === leader, `/controller says ${successor.id}, the quorum is led by ${leader}`);
  expect(successor.epoch > before.epoch, `/controller_epoch went from ${before.epoch} to ${successor.epoch}`);
  const epoch = await cli.command('get /controller_epoch', /^(\d+)\s*$/m);
  expect(Number(epoch[1]) === successor.epoch, `zkCli get /controller_epoch: ${epoch[0]}`);
  cluster.restart('controller', active);
  note(`controller ${active} epoch ${before.epoch}, then ${successor.id} epoch ${successor.epoch}`);
}

/** Addresses of the clients that a shim says it has. */
async function clientsOf(shim) {
  const answer = await fourLetters(shim, 'stat');
  return [...answer.matchAll(/^ *\/(\S+?)\[/gm)].map(([, client]) => client);
}

/** Starts a zkCli with both shims to choose from, and tells which one it chose. */
async function zkCliSomewhere(cluster) {
  const addresses = shims(cluster);
  const before = new Set((await Promise.all(addresses.map(clientsOf))).flat());
  const cli = await startZkCli(addresses.join(','));
  // the words' own connections are listed too, and gone when asked again
  const at = await until('a shim to list a client that stays', 5_000, async () => {
    const [first, second] = [await Promise.all(addresses.map(clientsOf)), await Promise.all(addresses.map(clientsOf))];
    const stays = (each) => second[each].some((client) => first[each].includes(client) && !before.has(client));
    return [0, 1].find(stays);
  });
  return { cli, at };
}

/** The shim a client is on dies together with a broker: the client moves, and sees that broker's death exactly once. */
async function shimDies(cluster, note) {
  const { cli, at } = await zkCliSomewhere(cluster);
  const victim = cluster.ids('zookeeper')[at];
  const addresses = shims(cluster);
  const kazoo = await startKazoo([addresses[at], addresses[1 - at]].join(','));
  try {
    await kazoo.result('follow', ids);
    const session = await kazoo.result('session');
    await cli.command(`ls -w ${ids}`, listed);
    await cli.command('get -w /cluster/id', /"version"/);
    await cluster.kill9('zookeeper', victim);
    await cluster.kill9('broker', 2);
    const killed = performance.now();
    await until('zkCli to reach the other shim', 20_000, () => count(cli.states, 'SyncConnected') >= 2);
    note(`zkCli moved to the other shim after ${Math.round(performance.now() - killed)} ms`);
    await until('its watch to fire', fenceWithinMs, () => cli.events.length > 0);
    await until('kazoo to follow', fenceWithinMs, () => `${kazoo.followed.at(-1)?.followed}` === '1,3');
    expect(!cli.states.includes('Expired'), `zkCli's session expired: ${cli.states}`);
    expect(!kazoo.connections.includes('LOST'), `kazoo's session was lost: ${kazoo.connections}`);
    const resumed = await kazoo.result('session');
    expect(resumed === session, `kazoo's session ${session} became ${resumed}`);

    await cli.command(`ls -w ${ids}`, listed);
    expect(`${cli.events}` === childrenChanged, `after the move zkCli's watches fired ${cli.events}`);
    cluster.restart('zookeeper', victim);
    cluster.restart('broker', 2);
    await until('the watch armed on the other shim', returnWithinMs, () => cli.events.length > 1);
    await until('kazoo to follow', returnWithinMs, () => `${kazoo.followed.at(-1)?.followed}` === '1,2,3');
    expect(`${cli.events}` === `${childrenChanged},${childrenChanged}`, `zkCli's watches fired ${cli.events}`);
    note(`session ${session} moved; no event missed, none twice`);
  } finally {
    cli.kill();
    kazoo.kill();
  }
}

async function writesRefused(cluster, kazoo) {
  const writes = [
    ['create', '/mine'],
    ['set', '/controller'],
    ['delete', '/brokers/ids/1'],
  ];
  for (const [op, path] of writes) {
    const { error } = await kazoo.ask(op, path);
    expect(error === 'NoAuthError', `kazoo ${op} ${path} was answered with ${error}`);
  }
  const { code, text } = await zkCli(shims(cluster)[0], 'create', '/mine', 'x');
  expect(code !== 0 && /permission|NoAuth/i.test(text), `zkCli create was answered (exit ${code}):\n${text}`);
}

async function fourLetterWords(cluster) {
  const shapes = {
    ruok: /^imok$/,
    isro: /^r[wo]$/,
    srvr: /^Zookeeper version: \d+\.\d+\.\d+[^\n]*, built on [\s\S]*^Zxid: 0x[0-9a-f]+$[\s\S]*^Mode: \w+$[\s\S]*^Node count: \d+$/m,
    stat: /^Zookeeper version: [\s\S]*^Clients:$[\s\S]*^Zxid: 0x[0-9a-f]+$/m,
    mntr: /^(zk_\w+\t[^\n]*\n)+$/,
    conf: /^clientPort=\d+$/m,
    envi: /^Environment:\nzookeeper\.version=/,
  };
  for (const shim of shims(cluster))
    for (const [word, shape] of Object.entries(shapes)) {
      const answer = await fourLetters(shim, word);
      expect(shape.test(answer), `${word}: ${answer}`);
    }
}

/** Every znode with its data and every field of its stat. */
async function tree(session, path = '/', into = new Map()) {
  const data = await session.ask('get', path);
  const { result: children, stat } = await session.ask('children', path);
  into.set(path, JSON.stringify({ data: data.result, stat }));
  for (const child of children) await tree(session, `${path === '/' ? '' : path}/${child}`, into);
  return into;
}

/** Both shims show the same tree: same data, zxids, versions, times. */
async function shimsAgree(kazoos, note) {
  const differences = await until('both shims to show the same tree', 10_000, async () => {
    const [one, other] = [await tree(kazoos[0]), await tree(kazoos[1])];
    const paths = new Set([...one.keys(), ...other.keys()]);
    const unequal = [...paths].filter((path) => one.get(path) !== other.get(path));
    return unequal.length === 0 ? { size: paths.size } : undefined;
  });
  note(`${differences.size} znodes with equal data and stats on both shims`);
}

export async function run(note) {
  const cluster = await startCluster({ shims: 2, set: [`broker.session.timeout.ms=${sessionTimeoutMs}`] });
  const open = [];
  const opened = (session) => (open.push(session), session);
  try {
    const kazoos = [];
    for (const shim of shims(cluster)) kazoos.push(opened(await startKazoo(shim)));
    const cli = opened(await startZkCli(shims(cluster)[0]));
    await brokersSeen(cluster);
    await killAndReturn(cluster, kazoos, cli, note);
    await controllerFailover(cluster, kazoos, cli, note);
    await fourLetterWords(cluster);
    await writesRefused(cluster, kazoos[0]);
    expect(/"refused a write"/.test(cluster.recentLog()), 'the log does not say why a write was refused');
    await shimsAgree(kazoos, note);
    for (const session of open.splice(0)) session.kill();
    await shimDies(cluster, note);
  } catch (error) {
    error.message += `\n${cluster.recentLog()}`;
    throw error;
  } finally {
    for (const session of open) session.kill();
    await cluster.stop();
  }
}
