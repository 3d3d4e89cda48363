import { itKeepsItsPromises } from './testing/expect-no-violation';

describe('the quorum profile, part 1', () => {
  itKeepsItsPromises({ profile: 'quorum', from: 1, count: 175 });
});
