import { MalformedInput, type ByteReader } from '@milena/bytes';
import { unreachable } from '@milena/model';
import { readOptionalBytes, readText, readTexts } from '../jute/jute-reader';
import { readAcl } from './acl';
import { operationOf, type Operation } from './operation';
import type {
  AddWatchRequest,
  CreateRequest,
  MultiReadRequest,
  MultiRequest,
  SelectWatchesRequest,
  SetWatchesRequest,
  TransactionStep,
  WatchableRead,
  ZookeeperRequest,
} from './request';

/** What precedes every request after the handshake. */
export interface RequestHeader {
  /** The client's number of the request, which the reply repeats. Negative ones are special: -2 ping, -4 auth, -8 setWatches. */
  readonly xid: number;
  /** Number of the operation, known or not. */
  readonly operationId: number;
}

/** Steps that one multi may have. */
const STEPS_MAX = 10_000;

/** Reads the header. Throws MalformedInput when the packet is too short for one, which leaves nobody to answer. */
export function readRequestHeader(reader: ByteReader): RequestHeader {
  return { xid: reader.int32(), operationId: reader.int32() };
}

/** Reads the body of a request. Throws MalformedInput when it is not one. */
export function readRequest(operation: Operation, reader: ByteReader): ZookeeperRequest {
  switch (operation) {
    case 'exists':
    case 'getData':
    case 'getChildren':
    case 'getChildren2':
      return readWatchable(operation, reader);
    case 'getAcl':
    case 'sync':
    case 'getEphemerals':
    case 'getAllChildrenNumber':
      return { operation, path: readText(reader) };
    case 'ping':
    case 'closeSession':
    case 'whoAmI':
    case 'reconfig':
      return { operation };
    case 'auth':
      reader.int32();
      return { operation, scheme: readText(reader), credentials: readOptionalBytes(reader) ?? Buffer.alloc(0) };
    case 'setWatches':
    case 'setWatches2':
      return readSetWatches(operation, reader);
    case 'checkWatches':
    case 'removeWatches':
      return readSelectWatches(operation, reader);
    case 'addWatch':
      return { operation, path: readText(reader), mode: readWatchMode(reader) };
    case 'multi':
      return readMulti(reader);
    case 'multiRead':
      return readMultiRead(reader);
    case 'setAcl':
      return { operation, path: readText(reader), acl: readAcl(reader), version: reader.int32() };
    default:
      return readStep(operation, reader);
  }
}

type StepOperation = TransactionStep['operation'];

function readStep(operation: StepOperation, reader: ByteReader): TransactionStep {
  switch (operation) {
    case 'create':
    case 'create2':
    case 'createContainer':
    case 'createTtl':
      return readCreate(operation, reader);
    case 'delete':
    case 'check':
      return { operation, path: readText(reader), version: reader.int32() };
    case 'setData':
      return { operation, path: readText(reader), data: readOptionalBytes(reader), version: reader.int32() };
    default:
      return unreachable(operation);
  }
}

function readWatchable(operation: WatchableRead['operation'], reader: ByteReader): WatchableRead {
  return { operation, path: readText(reader), watch: reader.boolean() };
}

function readCreate(operation: CreateRequest['operation'], reader: ByteReader): CreateRequest {
  const request = {
    operation,
    path: readText(reader),
    data: readOptionalBytes(reader),
    acl: readAcl(reader),
    flags: reader.int32(),
  };
  if (operation === 'createTtl') reader.bigInt64();
  return request;
}

function readSetWatches(operation: SetWatchesRequest['operation'], reader: ByteReader): SetWatchesRequest {
  return {
    operation,
    relativeZxid: reader.bigInt64(),
    data: readTexts(reader),
    exist: readTexts(reader),
    child: readTexts(reader),
    persistent: operation === 'setWatches2' ? readTexts(reader) : [],
    persistentRecursive: operation === 'setWatches2' ? readTexts(reader) : [],
  };
}

function readSelectWatches(operation: SelectWatchesRequest['operation'], reader: ByteReader): SelectWatchesRequest {
  const path = readText(reader);
  const type = reader.int32();
  const selection = (['children', 'data', 'any'] as const)[type - 1];
  if (selection === undefined) throw new MalformedInput(`watch type ${type}`);
  return { operation, path, selection };
}

function readWatchMode(reader: ByteReader): AddWatchRequest['mode'] {
  const mode = reader.int32();
  if (mode === 0) return 'persistent';
  if (mode === 1) return 'persistentRecursive';
  throw new MalformedInput(`watch mode ${mode}`);
}

function readMulti(reader: ByteReader): MultiRequest {
  const steps = readSteps(reader, (operation) => {
    if (isStep(operation)) return readStep(operation, reader);
    throw new MalformedInput(`${operation ?? 'unknown operation'} in a multi`);
  });
  return { operation: 'multi', steps };
}

function readMultiRead(reader: ByteReader): MultiReadRequest {
  const reads = readSteps(reader, (operation) => {
    if (operation === 'getData' || operation === 'getChildren') return readWatchable(operation, reader);
    throw new MalformedInput(`${operation ?? 'unknown operation'} in a multiRead`);
  });
  return { operation: 'multiRead', reads };
}

/** Repeats {int type, bool done, int error} and a request until a header says done. */
function readSteps<Step>(reader: ByteReader, readOne: (operation: Operation | undefined) => Step): Step[] {
  const steps: Step[] = [];
  for (;;) {
    const operationId = reader.int32();
    const isDone = reader.boolean();
    reader.int32();
    if (isDone) return steps;
    if (steps.length >= STEPS_MAX) throw new MalformedInput(`more than ${STEPS_MAX} steps`);
    steps.push(readOne(operationOf(operationId)));
  }
}

const STEPS: readonly string[] = [
  'create',
  'create2',
  'createContainer',
  'createTtl',
  'delete',
  'check',
  'setData',
] satisfies StepOperation[];

function isStep(operation: Operation | undefined): operation is StepOperation {
  return operation !== undefined && STEPS.includes(operation);
}
