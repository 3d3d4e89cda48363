import { ByteWriter } from '@milena/bytes';
import { unreachable } from '@milena/model';
import { writeBytes, writeText, writeTexts, writeVector } from '../jute/jute-writer';
import { writeAcl, type AclEntry } from './acl';
import { OPERATION_IDS } from './operation';
import { ZOOKEEPER_ERRORS, type ZookeeperError } from './zookeeper-error';
import { writeStat, type ZnodeStat } from './znode-stat';

/** Who a connection speaks for, as whoAmI tells. */
export interface ClientIdentity {
  readonly scheme: string;
  readonly user: string;
}

/** One result of a multi or a multiRead. */
export type StepResult =
  | { readonly step: 'check' }
  | { readonly step: 'getData'; readonly data: Buffer | undefined; readonly stat: ZnodeStat }
  | { readonly step: 'getChildren'; readonly children: readonly string[] }
  | { readonly step: 'error'; readonly error: ZookeeperError | 'none' };

/** What follows the header of a reply without an error. */
export type ReplyBody =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'stat'; readonly stat: ZnodeStat }
  | { readonly kind: 'data'; readonly data: Buffer | undefined; readonly stat: ZnodeStat }
  | { readonly kind: 'children'; readonly children: readonly string[]; readonly stat?: ZnodeStat }
  | { readonly kind: 'acl'; readonly acl: readonly AclEntry[]; readonly stat: ZnodeStat }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'identities'; readonly identities: readonly ClientIdentity[] }
  | { readonly kind: 'results'; readonly results: readonly StepResult[] };

/** How a request is answered: a body, or an error, which has none. */
export type Reply = ReplyBody | { readonly kind: 'error'; readonly error: ZookeeperError };

/** Encodes a reply: int xid, long zxid, int error, then the body when there is no error. */
export function encodeReply({ xid, zxid }: { readonly xid: number; readonly zxid: number }, reply: Reply): Buffer {
  const writer = new ByteWriter(128);
  writer.int32(xid);
  writer.int64(zxid);
  writer.int32(reply.kind === 'error' ? ZOOKEEPER_ERRORS[reply.error] : 0);
  if (reply.kind !== 'error') writeBody(writer, reply);
  return writer.finish();
}

function writeBody(writer: ByteWriter, body: ReplyBody): void {
  switch (body.kind) {
    case 'nothing':
      return;
    case 'path':
      return writeText(writer, body.path);
    case 'stat':
      return writeStat(writer, body.stat);
    case 'data':
      writeBytes(writer, body.data);
      return writeStat(writer, body.stat);
    case 'children':
      writeTexts(writer, body.children);
      if (body.stat !== undefined) writeStat(writer, body.stat);
      return;
    case 'acl':
      writeAcl(writer, body.acl);
      return writeStat(writer, body.stat);
    case 'number':
      return writer.int32(body.value);
    case 'identities':
      return writeVector(writer, body.identities, (_, { scheme, user }) => {
        writeText(writer, scheme);
        writeText(writer, user);
      });
    case 'results':
      return writeResults(writer, body.results);
    default:
      return unreachable(body);
  }
}

/** Each result behind {int type, bool done, int error}; a header that says done ends them. */
function writeResults(writer: ByteWriter, results: readonly StepResult[]): void {
  for (const result of results) {
    const error = result.step === 'error' ? errorNumber(result.error) : 0;
    writeStepHeader(writer, result.step === 'error' ? -1 : OPERATION_IDS[result.step], error);
    writeResult(writer, result, error);
  }
  writer.int32(-1);
  writer.boolean(true);
  writer.int32(-1);
}

function writeStepHeader(writer: ByteWriter, type: number, error: number): void {
  writer.int32(type);
  writer.boolean(false);
  writer.int32(error);
}

function writeResult(writer: ByteWriter, result: StepResult, error: number): void {
  switch (result.step) {
    case 'check':
      return;
    case 'getData':
      writeBytes(writer, result.data);
      return writeStat(writer, result.stat);
    case 'getChildren':
      return writeTexts(writer, result.children);
    case 'error':
      return writer.int32(error);
    default:
      return unreachable(result);
  }
}

function errorNumber(error: ZookeeperError | 'none'): number {
  return error === 'none' ? 0 : ZOOKEEPER_ERRORS[error];
}
