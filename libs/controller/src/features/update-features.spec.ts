import { SUPPORTED_FEATURES, type SupportedFeature } from '@milena/metadata';
import { registerController } from '../controllers/register-controller';
import { minInsyncReplicasOf } from '../partitions/partition-rules';
import { CLUSTER_ID, idNamed, Scenario } from '../testing/scenario';
import { ELR_FEATURE } from './feature-names';
import { kraftVersionRecords } from './kraft-version';
import { updateFeatures, type FeatureUpgradeType } from './update-features';

function update(
  scenario: Scenario,
  level: number,
  {
    name = 'metadata.version',
    upgradeType = 'UPGRADE' as FeatureUpgradeType,
    validateOnly = false,
    voterIds = [] as readonly number[],
  } = {},
) {
  const request = { principal: 'User:alice', updates: [{ name, level, upgradeType }], validateOnly, timeoutMs: 1000 };
  return scenario.commit(updateFeatures(scenario.image, request, { defaults: scenario.defaults, voterIds })).result;
}

function addController(scenario: Scenario, features: readonly SupportedFeature[]) {
  const request = { clusterId: CLUSTER_ID, controllerId: 102, incarnationId: idNamed('c102'), listeners: [], features };
  return scenario.commit(registerController(scenario.image, request, { clusterId: CLUSTER_ID }));
}

const OLD = SUPPORTED_FEATURES.map((each) => (each.name === ELR_FEATURE ? { ...each, maxLevel: 0 } : each));

/** A cluster that was begun at the lowest levels. */
const atLowestLevels = () => new Scenario({}, { elr: false });

describe('updateFeatures', () => {
  it('raises a level, and writes nothing to validate or to repeat it', () => {
    const scenario = atLowestLevels();
    expect(update(scenario, 28, { validateOnly: true })).toMatchObject({ ok: true });
    expect(scenario.lastRecords).toEqual([]);
    expect(update(scenario, 28)).toMatchObject({ ok: true });
    expect(scenario.image.featureLevel('metadata.version')).toBe(28);
    expect(update(scenario, 28)).toMatchObject({ ok: true });
    expect(scenario.lastRecords).toEqual([]);
  });

  it.each([
    [29, 'UPGRADE', 'this controller supports levels 27 to 28 only'],
    [27, 'UPGRADE', 'below the present level 28, and a downgrade was not asked for'],
    [27, 'SAFE_DOWNGRADE', 'metadata may have been written that older programs cannot read'],
    [27, 'UNSAFE_DOWNGRADE', 'metadata may have been written that older programs cannot read'],
  ] as const)('refuses metadata.version %d as %s', (level, upgradeType, why) => {
    const outcome = update(new Scenario(), level, { upgradeType });
    expect(outcome).toMatchObject({ error: { code: 'INVALID_UPDATE_VERSION', message: expect.stringContaining(why) } });
  });

  it('refuses a level that a controller or a fenced broker does not know', () => {
    const scenario = atLowestLevels();
    update(scenario, 28);
    scenario.register(1, { features: OLD });
    const name = ELR_FEATURE;
    expect(update(scenario, 1, { name })).toMatchObject({
      error: { message: expect.stringContaining('broker 1 supports levels 0 to 0 only') },
    });
    scenario.register(1);
    expect(addController(scenario, OLD)).toMatchObject({ ok: true });
    expect(update(scenario, 1, { name })).toMatchObject({
      error: { message: expect.stringContaining('controller 102 supports levels 0 to 0 only') },
    });
  });

  it('refuses a level while a voter has not told what it supports', () => {
    const scenario = atLowestLevels();
    const [name, voterIds] = [ELR_FEATURE, [102]];
    expect(update(scenario, 28, { voterIds })).toMatchObject({ ok: true });
    expect(update(scenario, 1, { name, voterIds })).toMatchObject({
      error: { message: expect.stringContaining('controller 102 has not told yet what it supports') },
    });
    expect(addController(scenario, SUPPORTED_FEATURES)).toMatchObject({ ok: true });
    expect(update(scenario, 1, { name, voterIds })).toMatchObject({ ok: true });
  });

  it('takes no registration of a controller below the level that knows the record', () => {
    expect(addController(atLowestLevels(), SUPPORTED_FEATURES)).toMatchObject({
      error: { code: 'UNSUPPORTED_VERSION' },
    });
  });

  it('writes the demand of min.insync.replicas for everybody when ELR comes into use', () => {
    const scenario = new Scenario({ minInsyncReplicas: 2 }, { elr: false });
    update(scenario, 1, { name: ELR_FEATURE });
    expect(scenario.image.configValue({ type: 'BROKER', name: '' }, 'min.insync.replicas')).toBe('2');
  });

  it('takes from brokers what they demand alone when ELR comes into use', () => {
    const scenario = new Scenario({ minInsyncReplicas: 2 }, { elr: false });
    const key = 'min.insync.replicas';
    const demand = (resourceName: string, value: string) =>
      ({ type: 'ConfigRecord', resourceType: 'BROKER', resourceName, name: key, value }) as const;
    scenario.append([demand('', '3'), demand('1', '1'), { ...demand('2', '5'), name: 'log.retention.ms' }]);
    update(scenario, 1, { name: ELR_FEATURE });
    const valueOf = (name: string) => scenario.image.configValue({ type: 'BROKER', name }, key);
    expect(['', '1', '2'].map(valueOf)).toEqual(['3', undefined, undefined]);
    expect(scenario.image.configValue({ type: 'BROKER', name: '2' }, 'log.retention.ms')).toBe('5');
  });

  it('takes one for the demand of a cluster that has none in its log, whatever a controller comes to demand', () => {
    const { image, defaults } = new Scenario();
    const demanding = { ...defaults, minInsyncReplicas: 2 };
    expect(minInsyncReplicasOf(image, 't', demanding)).toBe(1);
    expect(minInsyncReplicasOf(new Scenario({}, { elr: false }).image, 't', demanding)).toBe(2);
  });

  it('turns ELR off safely only while everything has somebody in sync', () => {
    const scenario = new Scenario();
    scenario.start(1);
    scenario.createTopics([{ name: 't' }]);
    scenario.fence(1);
    const off = (upgradeType: FeatureUpgradeType) => update(scenario, 0, { name: ELR_FEATURE, upgradeType });
    expect(off('SAFE_DOWNGRADE')).toMatchObject({
      error: { message: expect.stringContaining('t-0 has nobody in sync') },
    });
    expect(off('UNSAFE_DOWNGRADE')).toMatchObject({ ok: true });
    expect(scenario.image.featureLevel(ELR_FEATURE)).toBe(0);
  });

  it('raises kraft.version where every broker knows it, and never lowers it', () => {
    const scenario = new Scenario({}, { kraftVersion: 0 });
    const name = 'kraft.version';
    expect(scenario.image.featureLevel(name)).toBe(0);
    scenario.register(1, { features: SUPPORTED_FEATURES.filter((each) => each.name !== name) });
    expect(update(scenario, 1, { name })).toMatchObject({
      error: { code: 'INVALID_UPDATE_VERSION', message: expect.stringContaining('broker 1 does not support') },
    });
    scenario.register(1);
    expect(update(scenario, 1, { name })).toMatchObject({ ok: true });
    expect(scenario.image.featureLevel(name)).toBe(1);
    expect(update(scenario, 0, { name, upgradeType: 'UNSAFE_DOWNGRADE' })).toMatchObject({
      error: { code: 'INVALID_UPDATE_VERSION', message: expect.stringContaining('does not go back to static ones') },
    });
  });

  it('shows the level that the quorum has, whatever the metadata said', () => {
    const { image } = new Scenario({}, { kraftVersion: 0 });
    expect(kraftVersionRecords(image, 0)).toEqual([]);
    expect(kraftVersionRecords(image, 1)).toEqual([
      { type: 'FeatureLevelRecord', name: 'kraft.version', featureLevel: 1 },
    ]);
  });

  it('refuses unknown features, and a feature named twice', () => {
    const scenario = new Scenario();
    expect(update(scenario, 1, { name: 'what.version' })).toMatchObject({
      error: { message: expect.stringContaining('there is no such feature') },
    });
    const twice = { name: ELR_FEATURE, level: 1, upgradeType: 'UPGRADE' as const };
    const request = { principal: 'User:alice', updates: [twice, twice], validateOnly: false, timeoutMs: 1000 };
    expect(
      updateFeatures(scenario.image, request, { defaults: scenario.defaults, voterIds: [] }).respond(undefined).result,
    ).toMatchObject({
      error: { code: 'INVALID_REQUEST' },
    });
  });
});
