import { brokerHeartbeatRpc, registerBrokerRpc } from '@milena/cluster-protocol';
import { SUPPORTED_FEATURES } from '@milena/metadata';
import { uuidFromBytes, type Uuid } from '@milena/model';
import type { ActiveControllerChannel } from '@milena/raft-driver';
import type { World } from '../world';

const CALL_TIMEOUT_MS = 2000;
const HEARTBEAT_PAUSE_MS = 500;

/** Registers a broker id and keeps it alive by heartbeats, so that a quorum without brokers can place replicas. */
export function startPseudoBroker(
  world: World,
  controllers: ActiveControllerChannel,
  clusterId: Uuid,
  brokerId: number,
): void {
  const random = world.random.fork(`pseudo broker ${brokerId}`);
  const newId = (): Uuid => uuidFromBytes(random.bytes(16));
  const directory = newId();

  async function register(): Promise<number | undefined> {
    const request = registerBrokerRpc.encodeRequest({
      principal: 'User:simulation',
      clusterId,
      brokerId,
      incarnationId: newId(),
      listeners: [{ name: 'INTERNAL', host: 'outside', port: 9000 + brokerId, securityProtocol: 'PLAINTEXT' }],
      features: SUPPORTED_FEATURES,
      logDirectories: [directory],
      previousBrokerEpoch: -1,
    });
    const outcome = await controllers.unary(registerBrokerRpc.method, request, CALL_TIMEOUT_MS);
    if (!outcome.ok) return undefined;
    const response = registerBrokerRpc.decodeResponse(outcome.value);
    return response.ok ? response.value.brokerEpoch : undefined;
  }

  async function heartbeat(brokerEpoch: number): Promise<boolean> {
    const request = brokerHeartbeatRpc.encodeRequest({
      principal: 'User:simulation',
      brokerId,
      brokerEpoch,
      // It applies nothing, so it claims what it must to be unfenced: its own registration.
      currentMetadataOffset: brokerEpoch,
      wantFence: false,
      wantShutDown: false,
      offlineLogDirectories: [],
    });
    const outcome = await controllers.unary(brokerHeartbeatRpc.method, request, CALL_TIMEOUT_MS);
    if (!outcome.ok) return true;
    const response = brokerHeartbeatRpc.decodeResponse(outcome.value);
    return response.ok || response.error.code !== 'STALE_BROKER_EPOCH';
  }

  const pause = (ms: number): Promise<void> => new Promise((resolve) => world.time.timers.after(ms, resolve));
  async function live(): Promise<never> {
    let epoch: number | undefined;
    for (;;) {
      if (epoch === undefined) epoch = await register();
      else if (!(await heartbeat(epoch))) epoch = undefined;
      await pause(epoch === undefined ? 100 : HEARTBEAT_PAUSE_MS);
    }
  }
  void live();
}
