import { unreachable } from '@milena/model';
import {
  isAnsweredWord,
  mntrText,
  NOT_SERVING,
  notWhitelisted,
  settingsText,
  srvrText,
  statText,
  type AnsweredWord,
  type ServerStatus,
} from '@milena/zookeeper';
import type { ZookeeperSettings } from './zookeeper-settings';

/** What the answers are made from; `status` is undefined while nothing is served. */
export interface FourLetterFacts {
  readonly settings: ZookeeperSettings;
  readonly status: ServerStatus | undefined;
}

/** The answer to a four-letter word, whole. */
export function fourLetterAnswer(word: string, facts: FourLetterFacts): string {
  return isAnsweredWord(word) ? answer(word, facts) : notWhitelisted(word);
}

function answer(word: AnsweredWord, { settings, status }: FourLetterFacts): string {
  switch (word) {
    case 'ruok':
      return 'imok';
    case 'conf':
      return settingsText(settings.configuration);
    case 'envi':
      return `Environment:\n${settingsText({ 'zookeeper.version': settings.version, ...settings.environment })}`;
    case 'isro':
      return status?.mode === 'observer' ? 'rw' : 'ro';
    case 'srvr':
      return status === undefined ? NOT_SERVING : srvrText(status);
    case 'stat':
      return status === undefined ? NOT_SERVING : statText(status);
    case 'mntr':
      return status === undefined ? NOT_SERVING : mntrText(status);
    default:
      return unreachable(word);
  }
}
