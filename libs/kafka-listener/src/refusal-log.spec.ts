import { createRecordingLogger } from '@milena/platform/testing';
import { RefusalLog } from './refusal-log';

const connection = { id: 1, listenerName: 'PLAINTEXT', remoteAddress: '127.0.0.1:1', principal: 'User:ANONYMOUS' };

it('says one refusal a second, and how many it did not say', () => {
  const logger = createRecordingLogger();
  let nowMs = 0;
  const log = new RefusalLog(logger, () => nowMs);
  for (let index = 0; index < 500; index += 1) log.refused(connection, new Error(`bad ${index}`));
  nowMs = 1_000;
  log.refused(connection, new Error('later'));
  nowMs = 5_000;
  log.refused(connection, new Error('last'));
  expect(logger.lines.map(({ facts }) => [facts.error, facts.othersBefore])).toEqual([
    ['bad 0', undefined],
    ['later', 499],
    ['last', undefined],
  ]);
});
