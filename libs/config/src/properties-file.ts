import type { ConfigEntry } from '@milena/config-schema';
import { escapeKey, escapeValue } from 'properties-file/escape';
import { Properties, PropertiesNodeType } from 'properties-file/parser';

/** The keys of a Java properties file, each with the file and line it stands at. `name` is shown in messages. */
export function readProperties(name: string, content: string): readonly ConfigEntry[] {
  const entries: ConfigEntry[] = [];
  for (const node of new Properties(content).nodes) {
    if (node.type !== PropertiesNodeType.PROPERTY) continue;
    const origin = { source: 'file', place: `${name}:${node.startingLineNumber}` } as const;
    entries.push({ key: node.key, text: node.value, origin });
  }
  return entries;
}

/** The content of a properties file with these keys, in their order. */
export function propertiesText(texts: Readonly<Record<string, string>>): string {
  const lines = Object.entries(texts).map(([key, text]) => `${escapeKey(key)}=${escapeValue(text)}`);
  return `${lines.join('\n')}\n`;
}
