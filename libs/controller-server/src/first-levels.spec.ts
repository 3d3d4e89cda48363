import { encodeMetadataRecord } from '@milena/metadata';
import { firstLevels } from './first-levels';

it('takes the feature levels out of the records that format left', () => {
  const records = [
    encodeMetadataRecord({ type: 'FeatureLevelRecord', name: 'metadata.version', featureLevel: 27 }),
    encodeMetadataRecord({ type: 'NoOpRecord' }),
  ];
  expect(firstLevels(records)).toEqual(new Map([['metadata.version', 27]]));
  expect(firstLevels([])).toBeUndefined();
});
