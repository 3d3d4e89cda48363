import { ByteReader } from '@milena/bytes';
import { apiVersions, includesVersion, readRequestHeader, type RequestHeader } from '@milena/kafka-protocol';
import type { BrokerContext } from '../broker-context';
import type { ClientConnection } from '../client-connection';
import type { RequestHandler } from '../request-handler';
import type { ApiHandler, RequestContext } from './api-handler';
import { API_HANDLERS } from './api-handlers';
import { unknownVersionResponse } from './api-versions';
import { CloseConnection } from './close-connection';
import { createRequestMetrics } from './request-metrics';
import { requestSpan } from './request-span';
import { createTopicAutoCreation } from './topic-auto-creation';

/**
 * Dispatches Kafka requests to the API handlers. The promise rejects, and the connection is closed, when the bytes are
 * malformed, when the API or its version is not among those advertised (the form of an answer would be a guess), and
 * when a handler says so. An unknown version of ApiVersions is answered in the form of version 0 (KIP-511).
 */
export function createApiHandler(broker: BrokerContext): RequestHandler {
  const handlers = new Map(API_HANDLERS.map((handler) => [handler.api.key, handler]));
  const advertisedApis = API_HANDLERS.map(({ api: { key, versions } }) => ({
    apiKey: key,
    minVersion: versions.min,
    maxVersion: versions.max,
  }));
  const { tracer, meter, clock } = broker.platform;
  const topicAutoCreation = createTopicAutoCreation(broker);
  const measure = createRequestMetrics(meter);

  async function carryOut(
    handler: ApiHandler,
    header: RequestHeader,
    reader: ByteReader,
    connection: ClientConnection,
  ): Promise<readonly Buffer[] | undefined> {
    const { api } = handler;
    const { apiVersion, clientId, correlationId } = header;
    const request = api.decodeRequest(reader, apiVersion);
    const span = requestSpan(tracer, api, header, connection);
    const context: RequestContext = {
      broker,
      connection,
      clientId,
      apiVersion,
      advertisedApis,
      topicAutoCreation,
      trace: span?.context,
    };
    let problem: string | undefined;
    try {
      const isServed = apiVersion >= api.servedSince;
      const response = isServed ? await handler.handle(request, context) : handler.refuseVersion?.(request);
      return response === undefined ? undefined : api.encodeResponse(apiVersion, correlationId, response);
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
      throw error;
    } finally {
      span?.end(problem);
    }
  }

  return async (frame, connection) => {
    const reader = new ByteReader(frame);
    const header = readRequestHeader(reader);
    const handler = handlers.get(header.apiKey);
    if (handler === undefined || !includesVersion(handler.api.versions, header.apiVersion)) {
      if (header.apiKey === apiVersions.key) return unknownVersionResponse(header.correlationId);
      throw new CloseConnection(`api ${header.apiKey} version ${header.apiVersion} is not served`);
    }
    const startedMs = clock.monotonicMs();
    try {
      return await carryOut(handler, header, reader, connection);
    } finally {
      measure(handler.api, header.apiVersion, clock.monotonicMs() - startedMs);
    }
  };
}
