import { prettyLine } from './pretty-line';

describe('prettyLine', () => {
  it('puts the facts behind the message', () => {
    const line = JSON.stringify({
      level: 'info',
      time: '2026-11-22T01:02:03.004Z',
      service: 'broker',
      node_id: 1,
      msg: 'became leader',
      epoch: 3,
      topic: 'two words',
      isr: [1, 2],
    });
    expect(prettyLine(line, false)).toBe(
      '01:02:03.004 info  broker-1 became leader epoch=3 topic="two words" isr=[1,2]\n',
    );
  });
});
