import { recordClientFailure } from './record-client-failure';

describe('what the record client throws', () => {
  it('is the Kafka error somewhere in it', () => {
    const protocolError = Object.assign(new Error('too large'), { apiId: 'MESSAGE_TOO_LARGE' });
    const thrown = new AggregateError([new Error('first try', { cause: protocolError })], 'produce failed 3 times.');
    const { exitCode, message } = recordClientFailure('topic a', thrown);
    expect([exitCode, message]).toEqual([1, expect.stringContaining('topic a: MESSAGE_TOO_LARGE: ')]);
  });

  it('is told from others when the topic is unknown or time ran out', () => {
    expect(recordClientFailure('topic a', new Error('Unknown topic a.'))).toMatchObject({ exitCode: 3 });
    expect(recordClientFailure('topic a', new Error('Request timed out'))).toMatchObject({ exitCode: 124 });
  });

  it('says in its own words what else went wrong, innermost first', () => {
    const thrown = new AggregateError([new Error('connect ECONNREFUSED 127.0.0.1:1')], 'metadata failed 4 times.');
    const { exitCode, message } = recordClientFailure('topic a', thrown);
    expect(exitCode).toBe(1);
    expect(message).toMatch(/^topic a: connect ECONNREFUSED 127.0.0.1:1; milena dev starts a cluster/);
  });
});
