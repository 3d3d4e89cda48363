import { keyOfVariable } from './environment-entries';

describe('keyOfVariable', () => {
  it.each([
    ['KAFKA_LOG_SEGMENT_BYTES', 'log.segment.bytes'],
    ['KAFKA_ABC__DEF', 'abc_def'],
    ['KAFKA_ABC___DEF', 'abc-def'],
    ['KAFKA_ABC____DEF', 'abc-.def'],
  ])('%s stands for %s', (variable, key) => {
    expect(keyOfVariable(variable)).toBe(key);
  });
});
