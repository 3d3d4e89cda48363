import type { ConfigRecord } from '@milena/metadata';
import { createWorld, type World } from '../world';
import { ConfigHistory } from './config-history';

const record = (value: string): ConfigRecord => {
  return { type: 'ConfigRecord', resourceType: 'TOPIC', resourceName: 't', name: 'retention.ms', value };
};

function verdict(tell: (history: ConfigHistory) => void): World['violation'] {
  const world = createWorld(1);
  const history = new ConfigHistory(world);
  history.asked('1');
  tell(history);
  return world.violation;
}

it('accepts what took effect before it was acknowledged, and what nobody knows about', () => {
  const acknowledged = (history: ConfigHistory): void => {
    history.committed([record('1'), record('7')]);
    history.ended('1', 'acknowledged');
  };
  const unknown = (history: ConfigHistory): void => {
    history.ended('1', 'unknown');
    history.committed([record('1')]);
  };
  expect([acknowledged, unknown].map(verdict)).toEqual([undefined, undefined]);
});

it('finds an answer before the commit, and an effect after a refusal', () => {
  expect(verdict((history) => history.ended('1', 'acknowledged'))).toMatchObject({ invariant: 'linearizability' });
  const undead = (history: ConfigHistory): void => {
    history.ended('1', 'nothing done');
    history.committed([record('1')]);
  };
  expect(verdict(undead)).toMatchObject({ invariant: 'linearizability' });
});
