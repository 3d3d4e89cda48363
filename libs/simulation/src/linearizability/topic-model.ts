import type { SequentialModel } from './check-linearizable';

/** What is done to one topic name; `describe` changes nothing. */
export type TopicInput = 'create' | 'delete' | 'describe';

/** What the caller was told; ids are unique, so each creation writes a value of its own. */
export type TopicOutput =
  | { readonly type: 'created'; readonly topicId: string }
  | { readonly type: 'exists' }
  /** Without an id where the caller is not told which topic it deleted. */
  | { readonly type: 'deleted'; readonly topicId: string | undefined }
  | { readonly type: 'described'; readonly topicId: string }
  | { readonly type: 'missing' };

/** Id of the topic under the name, ABSENT, or UNTOLD: made by a call whose answer nobody got. */
export type TopicState = string;

const ABSENT = '';
const UNTOLD = '?';

/** A topic name as a register: creation succeeds when there is none, deletion and description give the id that the creation gave. */
export const topicModel: SequentialModel<TopicState, TopicInput, TopicOutput> = {
  initial: ABSENT,
  step(state, input, output) {
    if (output === undefined) {
      if (input === 'describe') return state;
      if (input === 'delete') return ABSENT;
      return state === ABSENT ? UNTOLD : state;
    }
    switch (output.type) {
      case 'created':
        return state === ABSENT ? output.topicId : undefined;
      case 'exists':
        return state === ABSENT ? undefined : state;
      case 'deleted':
        return isOf(state, output.topicId) ? ABSENT : undefined;
      case 'described':
        return isOf(state, output.topicId) ? output.topicId : undefined;
      case 'missing':
        return state === ABSENT ? ABSENT : undefined;
    }
  },
  key: (state) => state,
};

function isOf(state: TopicState, topicId: string | undefined): boolean {
  return state === topicId || state === UNTOLD || (topicId === undefined && state !== ABSENT);
}
