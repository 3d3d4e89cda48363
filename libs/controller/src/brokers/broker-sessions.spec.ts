import { offset } from '@milena/model';
import { Scenario, SESSION_TIMEOUT_MS } from '../testing/scenario';
import { BrokerSessions } from './broker-sessions';

function setUp(brokers = 2) {
  const scenario = new Scenario();
  for (let id = 1; id <= brokers; id++) scenario.start(id);
  const sessions = new BrokerSessions(SESSION_TIMEOUT_MS);
  const broker = (id: number) => scenario.image.broker(id)!;
  const expired = (nowMs: number) => sessions.expired(scenario.image, nowMs).map(({ id }) => id);
  return { scenario, sessions, broker, expired };
}

describe('broker sessions', () => {
  it('begin for every unfenced broker when a controller becomes active, whatever it knew before', () => {
    const { scenario, sessions, broker, expired } = setUp();
    sessions.contact(broker(1), 0);
    sessions.restart(scenario.image, 50_000);
    expect(expired(50_000 + SESSION_TIMEOUT_MS - 1)).toEqual([]);
    expect(expired(50_000 + SESSION_TIMEOUT_MS)).toEqual([1, 2]);
  });

  it('last from the last sign of life', () => {
    const { scenario, sessions, broker, expired } = setUp();
    sessions.restart(scenario.image, 0);
    sessions.contact(broker(2), 5000);
    expect(expired(SESSION_TIMEOUT_MS)).toEqual([1]);
    expect(sessions.isAlive(broker(2), SESSION_TIMEOUT_MS)).toBe(true);
  });

  it('belong to one registration: a sign of life of a former one changes nothing', () => {
    const { scenario, sessions, broker } = setUp();
    const former = broker(1);
    scenario.register(1);
    sessions.contact(broker(1), 100);
    sessions.contact(former, 5000);
    expect(sessions.isAlive(former, 5000)).toBe(false);
    expect(sessions.isAlive(broker(1), 100 + SESSION_TIMEOUT_MS)).toBe(false);
  });

  it('remember which process had the id before, until another controller takes over', () => {
    const { scenario, sessions, broker } = setUp();
    const former = broker(1);
    sessions.contact(former, 0);
    scenario.register(1);
    sessions.contact(broker(1), 100);
    sessions.contact(former, 200);
    expect(sessions.wasReplaced(1, former.incarnationId)).toBe(true);
    expect(sessions.wasReplaced(1, broker(1).incarnationId)).toBe(false);
    expect(sessions.wasReplaced(2, former.incarnationId)).toBe(false);
    sessions.restart(scenario.image, 300);
    expect(sessions.wasReplaced(1, former.incarnationId)).toBe(false);
  });

  it('do not expire for fenced brokers, which have nothing to lose', () => {
    const { scenario, expired } = setUp();
    scenario.fence(1);
    expect(expired(1e9)).toEqual([2]);
  });

  it('know how far all active brokers are, and nothing while one has not said so', () => {
    const { scenario, sessions, broker } = setUp();
    sessions.restart(scenario.image, 0);
    sessions.contact(broker(1), 1, 40);
    expect(sessions.lowestActiveMetadataOffset(scenario.image)).toBe(-1);
    sessions.contact(broker(2), 1, 30);
    expect(sessions.lowestActiveMetadataOffset(scenario.image)).toBe(30);
    scenario.fence(2);
    expect(sessions.lowestActiveMetadataOffset(scenario.image)).toBe(40);
  });

  it('keep the first offset of a controlled shutdown', () => {
    const { sessions, broker } = setUp();
    sessions.contact(broker(1), 0);
    sessions.beginControlledShutdown(broker(1), offset(7));
    sessions.beginControlledShutdown(broker(1), offset(9));
    expect(sessions.controlledShutdownOffset(1)).toBe(7);
    expect(sessions.controlledShutdownOffset(2)).toBeUndefined();
  });
});
