import type { ConfigResource } from '@milena/metadata';
import { BrokerScene, TOPIC } from './testing/broker-scene';

const ALL: ConfigResource = { type: 'BROKER', name: '' };
const ONE: ConfigResource = { type: 'BROKER', name: '1' };
const OTHER: ConfigResource = { type: 'BROKER', name: '2' };
const OWN: ConfigResource = { type: 'TOPIC', name: TOPIC.name };
const LARGE = 'x'.repeat(2000);

async function broker() {
  const scene = new BrokerScene();
  await scene.start(1);
  scene.createTopic([1]);
  await scene.time.advance(100);
  const set = async ({ type, name: resourceName }: ConfigResource, name: string, value?: string) => {
    const record = { type: 'ConfigRecord', resourceType: type, resourceName, name } as const;
    scene.log.append([value === undefined ? record : { ...record, value }]);
    await scene.time.advance(100);
  };
  const produceLarge = async () => (await scene.produced(1, [LARGE])).error;
  return { scene, set, produceLarge };
}

describe('configuration that changes while a broker runs', () => {
  it("follows the topic's own key, and goes back when it is removed", async () => {
    const { set, produceLarge } = await broker();
    await set(OWN, 'max.message.bytes', '1000');
    expect(await produceLarge()).toBe('MESSAGE_TOO_LARGE');
    await set(OWN, 'max.message.bytes');
    expect(await produceLarge()).toBe('NONE');
  });

  it("follows a broker key set for all brokers, overruled by the broker's own, overruled by the topic's", async () => {
    const { set, produceLarge } = await broker();
    await set(ALL, 'message.max.bytes', '1000');
    expect(await produceLarge()).toBe('MESSAGE_TOO_LARGE');
    await set(ONE, 'message.max.bytes', '100000');
    expect(await produceLarge()).toBe('NONE');
    await set(OWN, 'max.message.bytes', '1000');
    expect(await produceLarge()).toBe('MESSAGE_TOO_LARGE');
  });

  it('does not follow what is set for another broker, nor a key that is read at start only', async () => {
    const { set, produceLarge } = await broker();
    await set(OTHER, 'message.max.bytes', '1000');
    await set(ALL, 'num.partitions', '1000');
    expect(await produceLarge()).toBe('NONE');
  });

  it('still stands after a restart', async () => {
    const { scene, set, produceLarge } = await broker();
    await set(ALL, 'message.max.bytes', '1000');
    scene.kill(1);
    await scene.start(1);
    await scene.time.advance(100);
    expect(await produceLarge()).toBe('MESSAGE_TOO_LARGE');
  });
});
