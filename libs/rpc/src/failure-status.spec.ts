import { Metadata, status } from '@grpc/grpc-js';
import { failureOfStatus, failureStatus } from './failure-status';

describe('the status of a Failure', () => {
  it('carries the code of the error table, and the Failure in its details', () => {
    const failed = { code: 'TOPIC_ALREADY_EXISTS', message: "topic 'orders' exists" } as const;
    const { code, details, metadata } = failureStatus(failed);
    expect({ code, details }).toEqual({ code: status.ALREADY_EXISTS, details: "topic 'orders' exists" });
    expect(failureOfStatus(metadata)).toEqual(failed);
  });

  it('keeps its headers small and valid whatever the message', () => {
    const { details, metadata } = failureStatus({
      code: 'INVALID_REQUEST',
      message: `half a pair \ud800 ${'x'.repeat(50_000)}`,
    });
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
