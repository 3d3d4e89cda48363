import { fromBinary } from '@bufbuild/protobuf';
import { anyUnpack } from '@bufbuild/protobuf/wkt';
import { Metadata, status } from '@grpc/grpc-js';
import { BadRequestSchema, ErrorInfoSchema, RpcStatusSchema } from '@milena/proto';
import { failureOfStatus, failureStatus } from './failure-status';

describe('the status of a Failure', () => {
  it('carries the code of the error table, and the Failure in its details', () => {
    const failed = { code: 'TOPIC_ALREADY_EXISTS', message: "topic 'orders' exists" } as const;
    const { code, details, metadata } = failureStatus(failed);
    expect({ code, details }).toEqual({ code: status.ALREADY_EXISTS, details: "topic 'orders' exists" });
    expect(failureOfStatus(metadata)).toEqual(failed);
  });

  it('says what it is about, and which fields are to blame', () => {
    const { metadata } = failureStatus({
      code: 'INVALID_PARTITIONS',
      message: 'too few',
      about: { topic: 'orders' },
      violations: [{ field: 'partition_count', description: 'must be at least 1' }],
    });
    const { details } = fromBinary(RpcStatusSchema, metadata.get('grpc-status-details-bin')[0] as Buffer);
    expect(anyUnpack(details[0]!, ErrorInfoSchema)).toMatchObject({
      reason: 'INVALID_PARTITIONS',
      domain: 'kafka.apache.org',
      metadata: { kafka_error_code: '37', topic: 'orders' },
    });
    const { fieldViolations } = anyUnpack(details[1]!, BadRequestSchema)!;
    expect(fieldViolations).toMatchObject([{ field: 'partition_count', description: 'must be at least 1' }]);
  });

  it('keeps its headers small and valid whatever the message', () => {
    const { details, metadata } = failureStatus({
      code: 'INVALID_REQUEST',
      message: `half a pair \ud800 ${'x'.repeat(50_000)}`,
      about: Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`key${index}`, '\ud800'.repeat(1000)])),
      violations: Array.from({ length: 100 }, () => ({ field: 'x'.repeat(1000), description: '\ud800'.repeat(1000) })),
    });
    expect((metadata.get('grpc-status-details-bin')[0] as Buffer).length).toBeLessThan(8 * 1024);
    expect(details.length).toBeLessThanOrEqual(1024);
    expect(() => encodeURI(details)).not.toThrow();
    expect(failureOfStatus(metadata)?.code).toBe('INVALID_REQUEST');
  });

  it('finds nothing in the status of a stranger', () => {
    expect(failureOfStatus(new Metadata())).toBeUndefined();
    const garbage = new Metadata();
    garbage.set('grpc-status-details-bin', Buffer.from('this is no protobuf message'));
    expect(failureOfStatus(garbage)).toBeUndefined();
  });
});
