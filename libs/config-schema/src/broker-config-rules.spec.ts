import { validateBrokerConfig } from './broker-config-rules';

function refusal(entries: Readonly<Record<string, string>>, brokers: 'one' | 'all' = 'all') {
  const checked = validateBrokerConfig(Object.entries(entries), brokers);
  return checked.ok ? undefined : [checked.error.code, checked.error.message];
}

describe('dynamic configuration of brokers', () => {
  it('takes keys that brokers follow while they run', () => {
    expect(refusal({ 'message.max.bytes': '5', 'log.retention.ms': '-1' })).toBeUndefined();
    expect(refusal({ 'message.max.bytes': '5' }, 'one')).toBeUndefined();
  });

  it('names each key that is read at start only, or not at all', () => {
    expect(refusal({ 'num.partitions': '5', 'message.max.bytes': '5', 'log.cleaner.threads': '2' })).toEqual([
      'INVALID_REQUEST',
      expect.stringMatching(/num\.partitions is read at start only; log\.cleaner\.threads is not supported yet/),
    ]);
  });

  it('names each bad value and unknown key', () => {
    expect(refusal({ 'message.max.bytes': 'x', 'message.max.byte': '5', constructor: '1' })).toEqual([
      'INVALID_CONFIG',
      expect.stringMatching(
        /message\.max\.bytes must be.*did you mean message\.max\.bytes.*unknown broker key constructor/,
      ),
    ]);
  });

  it('lets one broker have no say of its own in elections', () => {
    const entries = { 'unclean.leader.election.enable': 'true' };
    expect(refusal(entries)).toBeUndefined();
    expect(refusal(entries, 'one')).toEqual(['INVALID_REQUEST', expect.stringContaining('for all brokers only')]);
  });
});
