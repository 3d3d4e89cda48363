import { propertiesText, readProperties } from './properties-file';

describe('propertiesText', () => {
  it('writes what reads back equal', () => {
    const texts = {
      'log.dirs': 'C:\\data # 1',
      listeners: 'PLAINTEXT://:9092,INTERNAL://:9094',
      'broker.rack': ' a=b',
    };
    const back = readProperties('f', propertiesText(texts));
    expect(Object.fromEntries(back.map(({ key, text }) => [key, text]))).toEqual(texts);
  });
});
