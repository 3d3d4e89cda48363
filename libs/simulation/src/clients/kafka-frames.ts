import type { RequestHandler } from '@milena/broker-server';
import { joinFrame } from '@milena/kafka-protocol';
import { failure, success } from '@milena/model';
import type { ServiceHost } from '@milena/platform';

/** The method under which frames of the Kafka protocol travel through the simulated network. */
export const KAFKA_FRAME = '/kafka/frame';

/** Serves the Kafka protocol to simulated clients: one call is one request frame and its answer, without lengths. */
export function serveKafkaFrames(host: ServiceHost, handle: RequestHandler): void {
  let connections = 0;
  host.unary(KAFKA_FRAME, async (frame, { peer }) => {
    connections += 1;
    const connection = { id: connections, listenerName: 'PLAINTEXT', remoteAddress: peer, principal: 'User:ANONYMOUS' };
    try {
      const answer = await handle(Buffer.from(frame), connection);
      return success(answer === undefined ? new Uint8Array(0) : joinFrame(answer));
    } catch {
      // What closes a real connection.
      return failure('NETWORK_EXCEPTION', 'the broker closed the connection');
    }
  });
}
