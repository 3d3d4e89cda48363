import { ByteReader } from '@milena/bytes';
import { encodeConnectResponse, EXPIRED, readConnectRequest } from './handshake';
import { encodeReply } from './reply';
import { operationOf } from './operation';
import { readRequest, readRequestHeader } from './request-reader';
import { encodeWatchEvent } from './watch-event';
import type { ZnodeStat } from './znode-stat';

/** Spaces are for the reader: each group is one field, in the order of zookeeper.jute. */
const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(/\s/g, ''), 'hex');
const STAT: ZnodeStat = {
  czxid: 1,
  mzxid: 2,
  ctimeMs: 3,
  mtimeMs: 4,
  version: 5,
  cversion: 6,
  aversion: 7,
  ephemeralOwner: 8n,
  dataLength: 9,
  numChildren: 10,
  pzxid: 11,
};
const STAT_HEX = `0000000000000001 0000000000000002 0000000000000003 0000000000000004
  00000005 00000006 00000007 0000000000000008 00000009 0000000a 000000000000000b`;

function request(hex: string) {
  const reader = new ByteReader(bytes(hex));
  const header = readRequestHeader(reader);
  const operation = operationOf(header.operationId);
  return { xid: header.xid, request: operation === undefined ? undefined : readRequest(operation, reader) };
}

describe('the bytes of ZooKeeper 3.8', () => {
  it('ConnectRequest, with and without the read-only flag', () => {
    const hex = `00000000 0000000000000010 00001770 03000000000000ff 00000010 ${'ab'.repeat(16)}`;
    const read = readConnectRequest(bytes(hex));
    expect(bytes(hex)).toHaveLength(44);
    expect(read).toEqual({
      protocolVersion: 0,
      lastZxidSeen: 16n,
      timeoutMs: 6000,
      sessionId: 0x03000000000000ffn,
      password: Buffer.alloc(16, 0xab),
    });
    expect(readConnectRequest(bytes(`${hex} 01`)).readOnly).toBe(true);
  });

  it('ConnectResponse', () => {
    const response = { timeoutMs: 6000, sessionId: 0x0300000000000001n, password: Buffer.alloc(16, 1) };
    const hex = `00000000 00001770 0300000000000001 00000010 ${'01'.repeat(16)}`;
    expect(encodeConnectResponse(response)).toEqual(bytes(hex));
    expect(encodeConnectResponse({ ...response, readOnly: false })).toEqual(bytes(`${hex} 00`));
    expect(encodeConnectResponse(EXPIRED)).toEqual(
      bytes(`00000000 00000000 0000000000000000 00000010 ${'00'.repeat(16)}`),
    );
  });

  it.each([
    ['00000001 00000003 00000002 2f61 01', { operation: 'exists', path: '/a', watch: true }],
    ['00000001 00000004 00000002 2f61 00', { operation: 'getData', path: '/a', watch: false }],
    ['00000001 00000008 00000001 2f 00', { operation: 'getChildren', path: '/', watch: false }],
    ['00000001 0000000c 00000001 2f 01', { operation: 'getChildren2', path: '/', watch: true }],
    ['00000001 00000009 00000001 2f', { operation: 'sync', path: '/' }],
    ['fffffffe 0000000b', { operation: 'ping' }],
    ['00000001 fffffff5', { operation: 'closeSession' }],
    [
      'fffffffc 00000064 00000000 00000006 646967657374 00000003 753a70',
      { operation: 'auth', scheme: 'digest', credentials: Buffer.from('u:p') },
    ],
    [
      'fffffff8 00000065 0000000000000007 00000001 00000002 2f61 00000000 00000001 00000002 2f62',
      { operation: 'setWatches', relativeZxid: 7n, data: ['/a'], exist: [], child: ['/b'] },
    ],
    [
      `00000001 00000001 00000002 2f61 ffffffff
       00000001 0000001f 00000005 776f726c64 00000006 616e796f6e65 00000003`,
      {
        operation: 'create',
        path: '/a',
        data: undefined,
        acl: [{ permissions: 31, scheme: 'world', id: 'anyone' }],
        flags: 3,
      },
    ],
    [
      `00000001 0000000e
       0000000d 00 ffffffff 00000002 2f61 00000004
       00000002 00 ffffffff 00000002 2f61 ffffffff
       ffffffff 01 ffffffff`,
      {
        operation: 'multi',
        steps: [
          { operation: 'check', path: '/a', version: 4 },
          { operation: 'delete', path: '/a', version: -1 },
        ],
      },
    ],
    ['00000001 0000006a 00000002 2f61 00000001', { operation: 'addWatch', path: '/a', mode: 'persistentRecursive' }],
    ['00000001 00000012 00000002 2f61 00000003', { operation: 'removeWatches', path: '/a', selection: 'any' }],
  ])('request %s', (hex, expected) => {
    expect(request(hex).request).toMatchObject(expected);
  });

  it.each([20, -10, 102, 0, 12345])('operation %i is not one that clients may ask for', (id) => {
    expect(operationOf(id)).toBeUndefined();
  });

  it('replies', () => {
    const header = { xid: 5, zxid: 258 };
    const headerHex = '00000005 0000000000000102 00000000';
    expect(encodeReply(header, { kind: 'error', error: 'NoNode' })).toEqual(
      bytes('00000005 0000000000000102 ffffff9b'),
    );
    expect(encodeReply(header, { kind: 'stat', stat: STAT })).toEqual(bytes(`${headerHex} ${STAT_HEX}`));
    expect(encodeReply(header, { kind: 'data', data: undefined, stat: STAT })).toEqual(
      bytes(`${headerHex} ffffffff ${STAT_HEX}`),
    );
    expect(encodeReply(header, { kind: 'children', children: ['a', 'b'] })).toEqual(
      bytes(`${headerHex} 00000002 00000001 61 00000001 62`),
    );
    const results = [
      { step: 'error', error: 'none' },
      { step: 'error', error: 'BadVersion' },
    ] as const;
    expect(encodeReply(header, { kind: 'results', results })).toEqual(
      bytes(`${headerHex} ffffffff 00 00000000 00000000 ffffffff 00 ffffff99 ffffff99 ffffffff 01 ffffffff`),
    );
  });

  it('watch event', () => {
    expect(encodeWatchEvent({ type: 'NodeChildrenChanged', path: '/a' })).toEqual(
      bytes('ffffffff ffffffffffffffff 00000000 00000004 00000003 00000002 2f61'),
    );
  });
});
