import type { Action, Fact, Script } from '../choices/script';

/** The actions of a script as lines: when, who, what, and everything about it. */
export function storyOf({ actions }: Pick<Script, 'actions'>): readonly string[] {
  const width = Math.max(0, ...actions.map(({ by }) => by.length));
  return actions.map(
    (action) => `${action.atMs.toFixed(1).padStart(9)} ms  ${action.by.padEnd(width)}  ${deed(action)}`,
  );
}

/** Names come first and need no words; everything else says what it is. */
function deed({ atMs: _atMs, by: _by, do: what, ...facts }: Action): string {
  const entries = Object.entries(facts);
  const names = entries.filter(([, value]) => typeof value === 'string').map(([, value]) => String(value));
  const others = entries.filter(([, value]) => typeof value !== 'string').map(([name, value]) => worded(name, value));
  return [[what, ...names].join(' '), ...others.filter((text) => text !== '')].join(', ');
}

function worded(name: string, value: Fact): string {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  if (value === true) return words;
  if (value === false) return '';
  if (value === null) return `no ${words}`;
  if (Array.isArray(value)) return `${words} ${value.join(' ')}`;
  return words.endsWith(' ms') ? `${words.slice(0, -3)} ${String(value)} ms` : `${words} ${String(value)}`;
}
