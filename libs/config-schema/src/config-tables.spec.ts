import { SERVER_KEYS, TOPIC_KEYS } from './config-tables';
import type { KeyDefinition } from './key-definition';
import { parseValue } from './parse-value';
import { renderConfiguration } from './render-configuration';
import { resolveServerConfig } from './resolve-server-config';
import { resolveTopicConfig } from './topic-config';
import { TOPIC_SYNONYMS } from './topic-synonyms';
import { UNSUPPORTED_KEYS } from './unsupported-keys';

const all: [string, KeyDefinition][] = [...Object.entries(SERVER_KEYS), ...Object.entries(TOPIC_KEYS)];

describe('the definition table', () => {
  it.each(all.filter(([, { default: text }]) => text !== undefined))('%s has a default it accepts', (_, definition) => {
    expect(parseValue(definition, definition.default ?? '')).toMatchObject({ ok: true });
  });

  it('lists no supported key as unsupported', () => {
    expect(UNSUPPORTED_KEYS.filter((key) => key in SERVER_KEYS)).toEqual([]);
  });

  it('gives a topic key the default of its broker synonym', () => {
    const resolved = resolveServerConfig(
      Object.entries({ 'process.roles': 'broker', 'node.id': '1', 'controller.listener.names': 'C' }).map(
        ([key, text]) => ({ key, text, origin: { source: 'file', place: 'f:1' } }),
      ),
    );
    if (!resolved.ok) throw new Error('the minimal configuration is refused');
    const topic = resolveTopicConfig(new Map(), resolved.config);
    for (const [key, synonyms] of Object.entries(TOPIC_SYNONYMS)) {
      const given = synonyms.find((synonym) => resolved.config.text(synonym.key) !== undefined);
      const text = given && resolved.config.text(given.key);
      const scaled = given?.factor === 1 ? text : String(Number(text) * (given?.factor ?? 1));
      expect([key, topic.text(key as keyof typeof TOPIC_KEYS)]).toEqual([key, scaled]);
    }
  });

  it('documents every key', () => {
    const text = renderConfiguration();
    for (const [key] of all) expect(text).toContain(`\`${key}\``);
  });
});
