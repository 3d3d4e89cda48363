import { createRecordingLogger } from './recording-logger';

describe('the recording logger', () => {
  it('keeps the lines of children with the facts of their parents', () => {
    const logger = createRecordingLogger();
    logger.info('became leader', { epoch: 3 });
    logger.child({ node: 1 }).child({ partition: 0 }).warn('fell behind', { lag: 9 });
    expect(logger.lines).toEqual([
      { level: 'info', message: 'became leader', facts: { epoch: 3 } },
      { level: 'warn', message: 'fell behind', facts: { node: 1, partition: 0, lag: 9 } },
    ]);
  });
});
