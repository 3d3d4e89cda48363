import fc from 'fast-check';
import { ByteReader, MalformedInput } from '@milena/bytes';
import { OPERATION_IDS, operationOf, type Operation } from './operation';
import { readConnectRequest } from './handshake';
import { readRequest } from './request-reader';

const operations = Object.keys(OPERATION_IDS) as Operation[];

/** Reads, and lets only the one expected failure pass. */
function readOrRefuse(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof MalformedInput)) throw error;
  }
}

describe('bytes that are no request', () => {
  it('are refused as malformed, whatever they are', () => {
    fc.assert(
      fc.property(fc.constantFrom(...operations), fc.uint8Array({ maxLength: 64 }), (operation, bytes) => {
        readOrRefuse(() => readRequest(operation, new ByteReader(Buffer.from(bytes))));
        readOrRefuse(() => readConnectRequest(Buffer.from(bytes)));
      }),
      { numRuns: 5_000, seed: 1 },
    );
  });

  it('do not get memory for lengths they only claim', () => {
    const lying = Buffer.from('0000000000000000' + '7fffffff' + '00'.repeat(16), 'hex');
    expect(() => readRequest('setWatches', new ByteReader(lying))).toThrow(MalformedInput);
    expect(() => readRequest('getData', new ByteReader(Buffer.from('7fffffff2f', 'hex')))).toThrow(MalformedInput);
    expect(() => readRequest('getData', new ByteReader(Buffer.from('fffffffe2f', 'hex')))).toThrow(MalformedInput);
  });

  it('every number of an operation is one of the table or none', () => {
    for (let id = -300; id < 300; id += 1) {
      const operation = operationOf(id);
      if (operation !== undefined) expect(OPERATION_IDS[operation]).toBe(id);
    }
  });
});
