import type { SequentialModel } from './check-linearizable';

/** What is done to one topic name. */
export type TopicInput = 'create' | 'delete';

/** What the caller was told; ids are unique, so each creation writes a value of its own. */
export type TopicOutput =
  | { readonly type: 'created'; readonly topicId: string }
  | { readonly type: 'exists' }
  | { readonly type: 'deleted'; readonly topicId: string }
  | { readonly type: 'missing' };

/** Id of the topic under the name, ABSENT, or UNTOLD: made by a call whose answer nobody got. */
export type TopicState = string;

const ABSENT = '';
const UNTOLD = '?';

/** A topic name as a register: creation succeeds when there is none, deletion gives the id that the creation gave. */
export const topicModel: SequentialModel<TopicState, TopicInput, TopicOutput> = {
  initial: ABSENT,
  step(state, input, output) {
    if (output === undefined) {
      if (input === 'delete') return ABSENT;
      return state === ABSENT ? UNTOLD : state;
    }
    switch (output.type) {
      case 'created':
        return state === ABSENT ? output.topicId : undefined;
      case 'exists':
        return state === ABSENT ? undefined : state;
      case 'deleted':
        return state === output.topicId || state === UNTOLD ? ABSENT : undefined;
      case 'missing':
        return state === ABSENT ? ABSENT : undefined;
    }
  },
  key: (state) => state,
};
