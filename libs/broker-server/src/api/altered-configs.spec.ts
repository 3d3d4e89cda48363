import { alterConfigsRpc, incrementalAlterConfigsRpc } from '@milena/cluster-protocol';
import { alterConfigs, incrementalAlterConfigs } from '@milena/kafka-protocol';
import { errorCode, failure, success } from '@milena/model';
import { AUDIT, EVENTS, FakeBroker } from './testing/fake-broker';

const topic = (name: string) => ({ type: 'TOPIC' as const, name });

describe('IncrementalAlterConfigs', () => {
  it('asks the controller for what can be changed, and refuses the rest itself', async () => {
    const broker = new FakeBroker();
    broker.onController = () => {
      const metadataOffset = broker.commit([{ type: 'NoOpRecord' }]);
      const resources = [
        { resource: topic(AUDIT.name), result: success(null) },
        { resource: topic(EVENTS.name), result: failure('INVALID_CONFIG', 'retention.ms must be a number') },
      ];
      return { ok: true, value: incrementalAlterConfigsRpc.encodeResponse({ resources, metadataOffset }) };
    };
    const set = (value: string) => ({ name: 'retention.ms', configOperation: 0, value });
    const { responses } = await broker.answer(incrementalAlterConfigs, 1, {
      resources: [
        { resourceType: 8, resourceName: '1', configs: [set('x')] },
        { resourceType: 2, resourceName: AUDIT.name, configs: [set('5')] },
        { resourceType: 4, resourceName: '1', configs: [{ ...set('5'), configOperation: 4 }] },
        { resourceType: 2, resourceName: EVENTS.name, configs: [set('x')] },
      ],
      validateOnly: true,
    });
    expect(responses).toMatchObject([
      { resourceType: 8, resourceName: '1', errorCode: errorCode('INVALID_REQUEST') },
      { resourceType: 2, resourceName: AUDIT.name, errorCode: 0, errorMessage: null },
      { resourceType: 4, resourceName: '1', errorCode: errorCode('INVALID_REQUEST') },
      {
        resourceName: EVENTS.name,
        errorCode: errorCode('INVALID_CONFIG'),
        errorMessage: expect.stringMatching(/number/),
      },
    ]);
    const [call] = broker.controllerCalls;
    expect(incrementalAlterConfigsRpc.decodeRequest(call!.request)).toMatchObject({
      principal: 'User:alice',
      validateOnly: true,
      resources: [
        { resource: topic(AUDIT.name), changes: [{ name: 'retention.ms', operation: 'SET', value: '5' }] },
        { resource: topic(EVENTS.name) },
      ],
    });
    expect(broker.awaited).toEqual([broker.image.provenance.offset]);
  });

  it('is retriable for what the controller decides while none can be reached', async () => {
    const resources = [{ resourceType: 2, resourceName: AUDIT.name, configs: [] }];
    const { responses } = await new FakeBroker().answer(incrementalAlterConfigs, 0, { resources, validateOnly: false });
    expect(responses).toMatchObject([{ errorCode: errorCode('NOT_CONTROLLER') }]);
  });
});

describe('AlterConfigs', () => {
  it('hands on everything the resource is to carry', async () => {
    const broker = new FakeBroker();
    broker.onController = (_method, bytes) => {
      const { resources } = alterConfigsRpc.decodeRequest(bytes);
      const outcomes = resources.map(({ resource }) => ({ resource, result: success(null) }));
      return { ok: true, value: alterConfigsRpc.encodeResponse({ resources: outcomes, metadataOffset: -1 as never }) };
    };
    const configs = [
      { name: 'retention.ms', value: '5' },
      { name: 'segment.ms', value: null },
    ];
    const resources = [{ resourceType: 2, resourceName: AUDIT.name, configs }];
    const { responses } = await broker.answer(alterConfigs, 2, { resources, validateOnly: false });
    expect(responses).toMatchObject([{ errorCode: 0 }]);
    const entries = [
      { name: 'retention.ms', value: '5' },
      { name: 'segment.ms', value: undefined },
    ];
    expect(alterConfigsRpc.decodeRequest(broker.controllerCalls[0]!.request).resources).toEqual([
      { resource: topic(AUDIT.name), entries },
    ]);
  });
});
