import {
  registerContractMethods,
  type ChannelContractSubject,
  type ContractSetting,
  type CurrentSetting,
} from './channel-contract-setting';
import { describeBidirectionalStreams } from './channel-contract-streams';
import { describeUnaryCalls } from './channel-contract-unary';

function describeConnector(current: CurrentSetting): void {
  it('tells a port that refuses from one that accepts', async () => {
    const { subject, server } = current();
    const { connector } = subject;
    expect(await subject.settle(connector.refuses(server.endpoint, 1000))).toBe(false);
    expect(await subject.settle(connector.refuses(await subject.unusedEndpoint(), 1000))).toBe(true);
    await server.stop();
    expect(await subject.settle(connector.refuses(server.endpoint, 1000))).toBe(true);
  });
}

/** What every Connector with its ServiceHost must do. Runs as specs of the file that calls it. */
export function describeChannelContract(name: string, makeSubject: () => Promise<ChannelContractSubject>): void {
  describe(`${name} keeps the contract of Channel`, () => {
    let setting: ContractSetting;
    beforeEach(async () => {
      const subject = await makeSubject();
      const accepted: ContractSetting['accepted'][number][] = [];
      const server = await subject.startServer((host) => registerContractMethods(host, accepted));
      setting = { subject, server, accepted, channel: subject.connector.connect(server.endpoint, 'test') };
    });
    afterEach(async () => {
      setting.channel.close();
      await setting.subject.cleanUp();
    });
    describeUnaryCalls(() => setting);
    describeBidirectionalStreams(() => setting);
    describeConnector(() => setting);
  });
}
