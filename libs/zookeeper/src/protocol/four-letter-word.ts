/** All words ZooKeeper knows. */
const WORDS: readonly string[] =
  'conf cons crst dirs dump envi gtmk hash isro mntr ruok srst srvr stat stmk wchc wchp wchs'.split(' ');

/** The words that are answered. */
export type AnsweredWord = 'conf' | 'envi' | 'isro' | 'mntr' | 'ruok' | 'srvr' | 'stat';

const ANSWERED: readonly string[] = [
  'conf',
  'envi',
  'isro',
  'mntr',
  'ruok',
  'srvr',
  'stat',
] satisfies readonly AnsweredWord[];

/** The word that the first four bytes of a connection are, if they are one; taken for a length they are absurdly large. */
export function fourLetterWord(firstBytes: Buffer): string | undefined {
  const word = firstBytes.toString('latin1', 0, 4);
  return WORDS.includes(word) ? word : undefined;
}

/** Whether a word is answered; the others get NOT_WHITELISTED. */
export function isAnsweredWord(word: string): word is AnsweredWord {
  return ANSWERED.includes(word);
}

/** What ZooKeeper says to a word it was not told to answer. */
export function notWhitelisted(word: string): string {
  return `${word} is not executed because it is not in the whitelist.\n`;
}

/** What ZooKeeper says while it has no quorum. */
export const NOT_SERVING = 'This ZooKeeper instance is not currently serving requests\n';
