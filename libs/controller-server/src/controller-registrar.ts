import { registerControllerRpc } from '@milena/cluster-protocol';
import { hasControllerRecords, registerController, type RegisterControllerRequest } from '@milena/controller';
import { randomUuid } from '@milena/model';
import type { Timer } from '@milena/platform';
import { createActiveControllerChannel, type ActiveControllerChannel } from '@milena/raft-driver';
import { CONTROLLER_LIMITS, type ControllerServerOptions } from './controller-server-options';
import type { QuorumController } from './quorum-controller';

/**
 * Makes this controller known to the cluster, once in each life of its process: with the active controller, which may be
 * itself, as soon as the level of metadata.version knows such records. Until everybody has told what it supports nobody
 * raises a level over its head.
 */
export class ControllerRegistrar {
  readonly #controller: QuorumController;
  readonly #request: RegisterControllerRequest;
  readonly #channel: ActiveControllerChannel;
  #state: 'unknown' | 'calling' | 'pausing' | 'registered' | 'closed' = 'unknown';
  #pause: Timer | undefined;

  constructor(
    controller: QuorumController,
    { platform, nodeId, config, connector, metadataLog, endpoint }: ControllerServerOptions,
  ) {
    this.#controller = controller;
    this.#channel = createActiveControllerChannel({ platform, connector, metadataLog, bootstrap: [] });
    const [name = 'CONTROLLER'] = config.server.list('controller.listener.names');
    this.#request = {
      clusterId: config.clusterId,
      controllerId: nodeId,
      incarnationId: randomUuid((count) => platform.random.bytes(count)),
      listeners: endpoint === undefined ? [] : [{ ...endpoint, name, securityProtocol: 'PLAINTEXT' }],
      features: controller.defaults.supportedFeatures,
    };
  }

  /** Something was committed, or leads now: there may be something to do. */
  look(): void {
    if (this.#state !== 'unknown') return;
    const { committedImage: image, isActive, options } = this.#controller;
    const { controllerId, incarnationId } = this.#request;
    if (image.controllers().some((each) => each.id === controllerId && each.incarnationId === incarnationId)) {
      this.#state = 'registered';
      return;
    }
    const canCall = isActive || options.metadataLog.leader().endpoint !== undefined;
    if (!hasControllerRecords(image) || !canCall) return;
    this.#state = 'calling';
    this.#register(isActive).catch(options.onFatal);
  }

  close(): void {
    this.#state = 'closed';
    this.#pause?.cancel();
    this.#channel.close();
  }

  async #register(isActive: boolean): Promise<void> {
    const { config, platform } = this.#controller.options;
    if (isActive) {
      const decideOn = (image: Parameters<typeof registerController>[0]) =>
        registerController(image, this.#request, config);
      await this.#controller.submit(decideOn, { operation: 'register controller' });
    } else {
      const bytes = registerControllerRpc.encodeRequest(this.#request);
      await this.#channel.unary(registerControllerRpc.method, bytes, CONTROLLER_LIMITS.registrationTimeoutMs);
    }
    if (this.#state !== 'calling') return;
    // Whether it worked is seen in the log; if not, it is tried again a little later.
    this.#state = 'pausing';
    this.#pause = platform.timers.after(CONTROLLER_LIMITS.registrationPauseMs, () => {
      this.#state = 'unknown';
      this.look();
    });
  }
}
