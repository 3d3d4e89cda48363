import { failure, METADATA_PARTITION, type Failure } from '@milena/model';

/** Longest topic name: `<name>-<partition>` and a suffix of ours must fit a file name of 255 bytes. */
export const TOPIC_NAME_MAX_LENGTH = 249;

/** Why a name cannot be a topic's, or undefined when it can. */
export function topicNameRefusal(name: string): Failure | undefined {
  const refuse = (why: string) => failure('INVALID_TOPIC_EXCEPTION', why).error;
  if (name === '') return refuse('the empty string is not allowed as a topic name');
  if (name === '.' || name === '..') return refuse(`'.' and '..' are not allowed as topic names`);
  if (name.length > TOPIC_NAME_MAX_LENGTH) {
    return refuse(`the topic name is ${name.length} characters long, more than ${TOPIC_NAME_MAX_LENGTH}`);
  }
  if (!/^[a-zA-Z0-9._-]+$/.test(name)) {
    return refuse(`the topic name '${name}' has characters other than ASCII alphanumerics, '.', '_' and '-'`);
  }
  if (name === METADATA_PARTITION.topic) {
    return failure('INVALID_REQUEST', `creation of internal topic ${name} is prohibited`).error;
  }
  return undefined;
}
