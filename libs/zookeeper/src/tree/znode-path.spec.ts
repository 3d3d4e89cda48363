import { isZnodePath, parentPath } from './znode-path';

describe('paths of znodes', () => {
  it.each(['/', '/a', '/a/b', '/config/brokers/<default>', '/a b/ü', '/..a'])('%j is one', (path) => {
    expect(isZnodePath(path)).toBe(true);
  });

  it.each(['', 'a', '/a/', '//', '/a//b', '/.', '/a/../b', '/a\u0000', '/a\u0007', '/\ue000', '/\uffff'])(
    '%j is none',
    (path) => {
      expect(isZnodePath(path)).toBe(false);
    },
  );

  it('know their parents', () => {
    expect(['/', '/a', '/a/b'].map(parentPath)).toEqual([undefined, '/', '/a']);
  });
});
