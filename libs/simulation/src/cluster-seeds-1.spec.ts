import { itKeepsItsPromises } from './testing/expect-no-violation';

describe('the cluster profile, part 1', () => {
  itKeepsItsPromises({ profile: 'cluster', from: 1, count: 75 });
});
