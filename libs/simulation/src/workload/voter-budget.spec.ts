import type { VoterEntry } from '@milena/record-batch';
import { voterName, type LoggedVoters } from '../voters-in-log';
import { createWorld } from '../world';
import { VoterBudget, type BudgetedNode } from './voter-budget';

function voter(voterId: number): VoterEntry {
  return { voterId, directoryId: `disk of ${voterId}`, endpoints: [], kraftVersionMin: 0, kraftVersionMax: 1 };
}

function set(offset: number, ...ids: readonly number[]): LoggedVoters {
  return { offset, isInherited: false, voters: ids.map(voter) };
}

function node(voterId: number, isWhole: boolean, ...sets: readonly LoggedVoters[]): BudgetedNode {
  return {
    asVoter: voter(voterId),
    isWhole,
    votersOnDisk: () => sets,
  };
}

/** Whether voter 1 may be removed, and the disk of node 2 be lost, with everything before 60 committed. */
function verdict(nodes: readonly BudgetedNode[], committedSet: LoggedVoters) {
  const budget = new VoterBudget(createWorld(1), nodes, { committedEnd: 60, committedSet });
  const second = nodes.find(({ asVoter }) => voterName(asVoter) === voterName(voter(2)));
  return { remove: budget.mayRemove(voter(1)), lose: second !== undefined && budget.mayLose(second) };
}

describe('VoterBudget', () => {
  const three = set(2, 1, 2, 3);

  it('bears one loss among three voters, and not a second one', () => {
    const whole = [node(1, true, three), node(2, true, three), node(3, true, three)];
    expect(verdict(whole, three)).toEqual({ remove: true, lose: true });
    const hurt = [node(1, true, three), node(2, true, three), node(3, false, three)];
    expect(verdict(hurt, three)).toEqual({ remove: false, lose: false });
  });

  it('counts a change that is not committed as done and as undone', () => {
    const four = set(70, 1, 2, 3, 4);
    const nodes = [node(1, true, three, four), node(2, true, three), node(3, true, three), node(4, false, three)];
    expect(verdict(nodes, three)).toEqual({ remove: true, lose: false });
  });

  it('does not count on the vote of a newcomer before its addition is committed', () => {
    const four = set(70, 1, 2, 3, 4);
    const nodes = [1, 2, 3, 4].map((id) => node(id, true, three, four));
    expect(verdict(nodes, three)).toMatchObject({ lose: false });
    expect(verdict(nodes, { ...four, offset: 50 })).toMatchObject({ lose: true });
  });

  it('counts a controller that lacks something as a voter, because it may be becoming one', () => {
    const five = set(2, 1, 2, 3, 4, 5);
    const voters = [1, 2, 3, 4, 5].map((id) => node(id, id !== 3, five));
    expect(verdict([...voters, node(6, true, five)], five)).toMatchObject({ lose: true });
    expect(verdict([...voters, node(6, false, five)], five)).toMatchObject({ lose: false });
  });

  it('does not take a tail of an older epoch for committed because the log went on past it', () => {
    const tail = set(50, 1, 2, 3, 4);
    const nodes = [node(1, true, three), node(2, true, three), node(3, false, three), node(4, true, three, tail)];
    expect(verdict(nodes, three)).toEqual({ remove: false, lose: false });
  });
});
