import { itKeepsItsPromises } from './testing/expect-no-violation';

describe('the cluster profile, part 2', () => {
  itKeepsItsPromises({ profile: 'cluster', from: 76, count: 75 });
});
