import { Map } from 'immutable';
import type { ProducerId } from '@milena/model';
import { configResourceKey, type ConfigResource } from './config-resource';
import type { ImageContents } from './metadata-image';
import type { ConfigRecord, FeatureLevelRecord } from './metadata-record';

type Settings = Pick<ImageContents, 'configs' | 'features' | 'nextProducerId'>;

/** The part of a delta that holds what is set: configuration, feature levels and the next block of producer ids. */
export class SettingsDelta {
  readonly changedConfigs = new globalThis.Map<string, ConfigResource>();
  featuresChanged = false;
  readonly #configs: ImageContents['configs'];
  readonly #features: ImageContents['features'];
  #nextProducerId: ProducerId;

  constructor({ configs, features, nextProducerId }: Settings) {
    this.#configs = configs.asMutable();
    this.#features = features.asMutable();
    this.#nextProducerId = nextProducerId;
  }

  apply(): Settings {
    return {
      configs: this.#configs.asImmutable(),
      features: this.#features.asImmutable(),
      nextProducerId: this.#nextProducerId,
    };
  }

  changeConfig({ resourceType, resourceName, name, value }: ConfigRecord): void {
    const resource: ConfigResource = { type: resourceType, name: resourceName };
    const key = configResourceKey(resource);
    const before = this.#configs.get(key)?.entries ?? Map<string, string>();
    const entries = value === undefined ? before.delete(name) : before.set(name, value);
    if (entries.isEmpty()) this.#configs.delete(key);
    else this.#configs.set(key, { resource, entries });
    this.changedConfigs.set(key, resource);
  }

  /** Forgets the configuration of a deleted topic, and that it changed. */
  removeTopic(name: string): void {
    const key = configResourceKey({ type: 'TOPIC', name });
    this.#configs.delete(key);
    this.changedConfigs.delete(key);
  }

  changeFeature({ name, featureLevel }: FeatureLevelRecord): void {
    if (featureLevel === 0) this.#features.delete(name);
    else this.#features.set(name, featureLevel);
    this.featuresChanged = true;
  }

  set nextProducerId(id: ProducerId) {
    this.#nextProducerId = id;
  }
}
