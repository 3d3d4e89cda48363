import { encodeMetadataRecord, METADATA_VERSION_FEATURE, type MetadataRecord } from '@milena/metadata';
import { offset, timestampMs } from '@milena/model';
import { imageOfSnapshot, metadataStateMachine } from './metadata-state-machine';

const OLDER = [{ name: METADATA_VERSION_FEATURE, minLevel: 7, maxLevel: 27 }];
const level = (featureLevel: number): MetadataRecord => {
  return { type: 'FeatureLevelRecord', name: METADATA_VERSION_FEATURE, featureLevel };
};

function replay(record: MetadataRecord) {
  const { initial, replay: replayed } = metadataStateMachine(OLDER);
  return replayed(initial, { records: [record], baseOffset: offset(0), epoch: 1 });
}

function load(record: MetadataRecord) {
  const batches = () => [{ records: [Buffer.from(encodeMetadataRecord(record))] }];
  const steps = imageOfSnapshot({ id: { offset: offset(1), epoch: 1 }, timestamp: timestampMs(0), batches }, OLDER);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

describe.each([
  ['a record', replay],
  ['a snapshot', load],
])('a program that meets a level of a feature in %s', (_, meet) => {
  it('works at one that it supports', () => {
    expect(meet(level(27)).featureLevel(METADATA_VERSION_FEATURE)).toBe(27);
  });

  it('ends at one that only newer programs know, and says so', () => {
    expect(() => meet(level(28))).toThrow(
      'the cluster is at level 28 of metadata.version, and this controller supports levels 7 to 27 only',
    );
  });
});
