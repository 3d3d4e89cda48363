// What a hostile client sends, by kind of port: noise, truncated requests, lengths that lie, floods. Everything comes from
// one seeded source, so that a run can be had again.

/** A source of numbers (mulberry32). */
export function seededRandom(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit) => Math.floor(next() * limit);
  return {
    below,
    pick: (items) => items[below(items.length)],
    chance: (share) => next() < share,
    bytes: (count) => Buffer.from(Uint8Array.from({ length: count }, () => below(256))),
  };
}

const int16 = (value) => Buffer.from([(value >> 8) & 0xff, value & 0xff]);
const int32 = (value) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value | 0);
  return bytes;
};
const text = (value) => Buffer.from(value, 'latin1');
const LIES = [-1, 0, 1, 7, 255, 65_535, 1 << 20, 90 << 20, 104_857_600, 104_857_601, 0x7fffffff, -0x80000000];

/** Bytes with a few of them changed, and perhaps cut short. */
function damaged(random, bytes) {
  const changed = Buffer.from(bytes);
  for (let count = random.below(5); count >= 0; count -= 1) changed[random.below(changed.length)] = random.below(256);
  return random.chance(0.3) ? changed.subarray(0, random.below(changed.length)) : changed;
}

function kafkaRequest(random, body) {
  const api = random.chance(0.9) ? random.below(80) : random.below(65_536);
  const version = random.chance(0.9) ? random.below(19) : random.below(65_536);
  const client = random.chance(0.8) ? Buffer.concat([int16(7), text('hostile')]) : int16(random.pick([-1, -2, 0x7fff]));
  return Buffer.concat([int16(api), int16(version), int32(random.below(1 << 30)), client, body]);
}

const sized = (bytes) => Buffer.concat([int32(bytes.length), bytes]);

/** A body whose counts and lengths lie: mostly numbers that some decoder takes for the size of something. */
function lyingBody(random) {
  const parts = Array.from({ length: 1 + random.below(12) }, () =>
    random.pick([
      () => int32(random.pick(LIES)),
      () => int16(random.pick([-1, 0, 1, 0x7fff, -0x8000])),
      () => Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f]),
      () => Buffer.from([random.below(4)]),
      () => Buffer.concat([int16(4), text('topc')]),
      () => Buffer.concat([Buffer.from([5]), text('topc')]),
      () => random.bytes(random.below(60)),
    ])(),
  );
  return Buffer.concat(parts);
}

const KAFKA = [
  (random) => [random.bytes(1 + random.below(2000))],
  (random) => [int32(random.pick(LIES)), random.bytes(random.below(3000))],
  (random) => [int32(1 + random.below(100 << 20)), kafkaRequest(random, random.bytes(random.below(200)))],
  (random) => [sized(kafkaRequest(random, random.bytes(random.below(300))))],
  (random) => [sized(kafkaRequest(random, lyingBody(random)))],
  (random) => [sized(kafkaRequest(random, lyingBody(random))).subarray(0, 1 + random.below(20))],
  (random) => Array.from({ length: 50 }, () => sized(kafkaRequest(random, lyingBody(random)))),
  (random) => [sized(Buffer.concat([int16(18), int16(3), int32(1), int16(-1), Buffer.from([0, 2, 120, 2, 49, 0])]))],
  (random) => Array.from({ length: 40 }, () => random.bytes(1)),
  () => [text('GET / HTTP/1.1\r\nHost: broker\r\n\r\n')],
  (random) => [int32(3 << 20), ...Array.from({ length: 4 }, () => Buffer.alloc(256 << 10, random.below(256)))],
];

const PREFACE = text('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

function frame(type, flags, stream, payload, length = payload.length) {
  const header = Buffer.alloc(9);
  header.writeUIntBE(length & 0xffffff, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(stream >>> 0, 5);
  return Buffer.concat([header, payload]);
}

const DATA = 0;
const HEADERS = 1;
const RESET = 3;
const SETTINGS = 4;
const PING = 6;
const WINDOW = 8;
const CONTINUATION = 9;
const begin = Buffer.concat([PREFACE, frame(SETTINGS, 0, 0, Buffer.alloc(0))]);

/** Header fields as literals without indexing, HPACK's plainest form. */
function fields(entries) {
  const literal = (value) => Buffer.concat([Buffer.from([value.length]), text(value)]);
  return Buffer.concat(entries.flatMap(([name, value]) => [Buffer.from([0]), literal(name), literal(value)]));
}

const METHODS = [
  '/grpc.health.v1.Health/Check',
  '/grpc.health.v1.Health/Watch',
  '/milena.raft.v1.RaftService/Vote',
  '/milena.raft.v1.RaftService/Fetch',
  '/milena.replica.v1.ReplicaService/Fetch',
  '/milena.controller.v1.ControllerService/CreateTopics',
  '/milena.controller.v1.BrokerLifecycleService/RegisterBroker',
  '/milena.admin.v1.TopicService/ListTopics',
  '/no.such.Service/Method',
];

function call(random, stream) {
  return frame(HEADERS, 4, stream, Buffer.concat([
    fields([[':method', 'POST'], [':scheme', 'http'], [':path', random.pick(METHODS)], [':authority', 'x']]),
    fields([['content-type', 'application/grpc'], ['te', 'trailers']]),
  ])); // prettier-ignore
}

/** A gRPC message whose length lies, or whose protobuf is noise. */
function message(random) {
  const bytes = random.bytes(random.below(200));
  const length = random.chance(0.5) ? bytes.length : random.pick(LIES);
  return Buffer.concat([Buffer.from([random.chance(0.9) ? 0 : random.below(256)]), int32(length), bytes]);
}

const GRPC = [
  (random) => [random.bytes(1 + random.below(2000))],
  (random) => [PREFACE.subarray(0, 1 + random.below(PREFACE.length))],
  () => [begin],
  (random) => [begin, random.bytes(1 + random.below(2000))],
  (random) => [begin, frame(random.below(12), random.below(256), random.below(8), random.bytes(50), random.below(1 << 24))],
  () => [begin, Buffer.concat(Array.from({ length: 2000 }, () => frame(SETTINGS, 0, 0, Buffer.alloc(0))))],
  () => [begin, Buffer.concat(Array.from({ length: 2000 }, () => frame(PING, 0, 0, Buffer.alloc(8))))],
  (random) => [
    begin,
    Buffer.concat(
      Array.from({ length: 300 }, (_, index) => [call(random, 2 * index + 1), frame(RESET, 0, 2 * index + 1, int32(8))]).flat(),
    ),
  ],
  (random) => [begin, Buffer.concat(Array.from({ length: 300 }, (_, index) => call(random, 2 * index + 1)))],
  (random) => [
    begin,
    frame(HEADERS, 0, 1, Buffer.alloc(0)),
    ...Array.from({ length: 60 }, () => frame(CONTINUATION, 0, 1, fields([['x', 'y'.repeat(100)]]))),
    random.bytes(random.below(50)),
  ],
  (random) => [begin, frame(HEADERS, 4, 1, fields(Array.from({ length: 120 }, (_, at) => [`x${at}`, 'z'.repeat(120)]))), call(random, 3)],
  (random) => [begin, call(random, 1), frame(DATA, random.below(2), 1, message(random))],
  (random) => [begin, call(random, 1), ...Array.from({ length: 200 }, () => frame(DATA, 0, 1, random.bytes(1)))],
  (random) => [begin, call(random, 1), frame(WINDOW, 0, random.below(2), int32(0x7fffffff)), frame(WINDOW, 0, 0, int32(0x7fffffff))],
  (random) => [begin, damaged(random, Buffer.concat([call(random, 1), frame(DATA, 1, 1, message(random))]))],
  () => [text('POST /milena HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n12345')],
]; // prettier-ignore

const HTTP = [
  (random) => [random.bytes(1 + random.below(2000))],
  () => [text('GET /metrics HTTP/1.1\r\nHost: x\r\n')],
  () => [text('GET /metrics HTTP/1.1\r\nHost: x\r\nX: '), Buffer.alloc(60_000, 'y')],
  (random) => [text(`POST /milena.admin.v1.TopicService/ListTopics HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${random.pick(LIES)}\r\n\r\n{"pa`)],
  () => [text('POST /milena.admin.v1.TopicService/CreateTopic HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n{}')],
  (random) => [text(`${random.pick(['GET', 'PUT', 'BREW', 'get', ''])} ${random.pick(['/', '*', '/../../etc/passwd', '/%00%ff', 'http://a/b'])} HTTP/${random.pick(['1.1', '1.0', '9.9'])}\r\nHost: x\r\n\r\n`)],
  () => Array.from({ length: 30 }, (_, at) => text('GET /healthz HTTP/1.1\r\n'[at % 23])),
  () => {
    const body = '{"a":'.repeat(5000);
    return [text(`POST /milena.admin.v1.TopicService/ListTopics HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`)];
  },
  () => [text('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(200))],
  () => [begin],
  (random) => [damaged(random, text('GET /metrics HTTP/1.1\r\nHost: x\r\nAccept: */*\r\nConnection: keep-alive\r\n\r\n'))],
]; // prettier-ignore

const zkConnect = Buffer.concat([int32(44), int32(0), int32(0), int32(0), int32(10_000), Buffer.alloc(8), int32(16), Buffer.alloc(16)]); // prettier-ignore

const ZOOKEEPER = [
  (random) => [random.bytes(1 + random.below(2000))],
  (random) => [int32(random.pick(LIES)), random.bytes(random.below(3000))],
  (random) => [text(random.pick(['ruok', 'srvr', 'stat', 'mntr', 'isro', 'conf', 'envi', 'dump', 'wchp', 'kill', 'zzzz']))],
  (random) => [damaged(random, zkConnect)],
  () => [zkConnect],
  (random) => [zkConnect, sized(Buffer.concat([int32(1), int32(random.below(110)), lyingBody(random)]))],
  (random) => [zkConnect, ...Array.from({ length: 50 }, (_, at) => sized(Buffer.concat([int32(at), int32(random.below(20)), int32(1), text('/'), lyingBody(random)])))],
  (random) => [zkConnect, sized(Buffer.concat([int32(-8), int32(101), Buffer.alloc(8), int32(random.pick(LIES)), random.bytes(100)]))],
  (random) => [zkConnect, int32(random.pick(LIES)), random.bytes(20)],
  (random) => Array.from({ length: 40 }, () => random.bytes(1)),
]; // prettier-ignore

const BY_KIND = { kafka: KAFKA, grpc: GRPC, http: HTTP, zookeeper: ZOOKEEPER };

/** The kinds of port there are attacks for. */
export const KINDS = Object.keys(BY_KIND);

/**
 * One connection's worth of hostility: what is sent piece by piece, how long the connection is held open afterwards, and
 * whether it ends with a reset or decently.
 */
export function attackOn(kind, random) {
  const pieces = random.pick(BY_KIND[kind])(random);
  return {
    pieces,
    pauseMs: random.chance(0.05) ? 20 : 0,
    holdMs: random.pick([0, 0, 0, 10, 100, 1500]),
    ending: random.pick(['end', 'end', 'reset', 'destroy']),
    reads: random.chance(0.7),
  };
}
