import { itKeepsItsPromises } from './testing/expect-no-violation';

describe('the quorum profile, part 2', () => {
  itKeepsItsPromises({ profile: 'quorum', from: 176, count: 175 });
});
