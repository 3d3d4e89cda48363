import { decodeMetadataRecord } from '@milena/metadata';
import { firstFeatureRecords } from './first-features';

const records = (features: readonly string[], release?: string) =>
  firstFeatureRecords(features, release).map((value) => decodeMetadataRecord(value));

describe('the features of a new cluster', () => {
  it('are not written when nobody names any: the first controller takes the highest levels', () => {
    expect(records([])).toEqual([]);
  });

  it('are all written when one is named, so that the log says the same whatever program reads it', () => {
    const level = { type: 'FeatureLevelRecord', name: 'metadata.version', featureLevel: 27 };
    expect(records(['metadata.version=27'])).toContainEqual(level);
    expect(records([], '4.1')).toContainEqual(level);
    expect(records([], '4.1')).toHaveLength(records(['metadata.version=27']).length);
  });

  it.each([
    [['metadata.version=1'], undefined, /level 1 of metadata\.version is not supported/],
    [['nothing=1'], undefined, /no such feature; known are metadata\.version/],
    [['kraft.version=0'], undefined, /level 0 of kraft\.version/],
    [['metadata.version=27'], '4.1', /leave out one of the two/],
    [[], '2.8', /known are .*4\.1/],
    [[], '4.0-IV0', /level 22 of metadata\.version/],
  ])('%p with release %p are refused', (features, release, problem) => {
    expect(() => records(features, release)).toThrow(problem);
  });
});
