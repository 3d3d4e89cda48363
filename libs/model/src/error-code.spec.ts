import { errorCode, errorInfo, errorName, isErrorName } from './error-code';

describe('error table', () => {
  it.each([
    ['NONE', 0],
    ['UNKNOWN_SERVER_ERROR', -1],
    ['NOT_LEADER_OR_FOLLOWER', 6],
    ['NOT_CONTROLLER', 41],
    ['UNKNOWN_TOPIC_ID', 100],
    ['INVALID_VOTER_KEY', 125],
  ] as const)('%s is %d on the wire and back', (name, code) => {
    expect(errorCode(name)).toBe(code);
    expect(errorName(code)).toBe(name);
  });

  it('numbers every error from -1 to 133 once', () => {
    const names = Array.from({ length: 135 }, (_, index) => errorName(index - 1));
    expect(new Set(names).size).toBe(135);
    names.forEach((name, index) => expect(errorInfo(name).code).toBe(index - 1));
  });

  it('takes a number nobody knows for an unknown server error, as clients do', () => {
    expect(errorName(9999)).toBe('UNKNOWN_SERVER_ERROR');
  });

  it('tells names from other text', () => {
    expect(isErrorName('NOT_CONTROLLER')).toBe(true);
    expect(isErrorName('toString')).toBe(false);
  });
});
