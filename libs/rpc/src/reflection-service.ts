import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { status } from '@grpc/grpc-js';
import type { ChannelStream, StreamAcceptor, StreamHandlers } from '@milena/platform';
import {
  ServerReflection,
  ServerReflectionAlpha,
  ServerReflectionRequestSchema,
  ServerReflectionResponseSchema,
  type ServerReflectionRequest,
} from '@milena/proto';
import { loadServiceDescriptors, type ServiceDescriptors } from './service-descriptors';
import { decodeMessage, methodPath } from './typed-service';

type Answer = MessageInitShape<typeof ServerReflectionResponseSchema>['messageResponse'];

/** Questions of one stream that may wait while the descriptors are loaded. */
const WAITING_MAX = 64;
const SERVICES = [ServerReflection, ServerReflectionAlpha];

/** Method paths of the reflection service in both its versions, whose messages are the same. */
export const REFLECTION_METHODS: readonly string[] = SERVICES.map(({ method }) =>
  methodPath(method.serverReflectionInfo),
);

/**
 * Server reflection (grpc.reflection.v1 and v1alpha) for `services`, answered from the compiler's own descriptors: those
 * that other libraries build at run time break strict clients on maps and well-known types.
 */
export function createReflection(services: readonly string[]): StreamAcceptor {
  const listed = [...services, ...SERVICES.map(({ typeName }) => typeName)].sort();
  let loaded: ServiceDescriptors | undefined;
  let loading: Promise<ServiceDescriptors> | undefined;
  return (stream): StreamHandlers => {
    const waiting: ServerReflectionRequest[] = [];
    const answer = (descriptors: ServiceDescriptors, request: ServerReflectionRequest): void =>
      stream.send(encode(request, answerTo(request, descriptors, listed)));
    const answerAll = (descriptors: ServiceDescriptors): void => {
      for (const request of waiting.splice(0)) answer(descriptors, request);
    };
    return {
      onMessage(bytes) {
        const request = decodeMessage(ServerReflectionRequestSchema, bytes);
        if (loaded !== undefined) return answer(loaded, request);
        if (waiting.length === WAITING_MAX) return stream.cancel();
        waiting.push(request);
        loading ??= loadServiceDescriptors();
        void loading.then((descriptors) => {
          loaded = descriptors;
          answerAll(descriptors);
        });
      },
      onClosed: () => endAfter(stream, waiting, loading),
    };
  };
}

/** Ends the stream once the questions that came before its end are answered. */
function endAfter(stream: ChannelStream, waiting: readonly unknown[], loading: Promise<unknown> | undefined): void {
  if (waiting.length === 0 || loading === undefined) stream.end();
  else void loading.then(() => stream.end());
}

function encode(request: ServerReflectionRequest, messageResponse: Answer): Uint8Array {
  const response = { validHost: request.host, originalRequest: request, ...(messageResponse && { messageResponse }) };
  return toBinary(ServerReflectionResponseSchema, create(ServerReflectionResponseSchema, response));
}

function answerTo(
  { messageRequest: { case: kind, value } }: ServerReflectionRequest,
  descriptors: ServiceDescriptors,
  services: readonly string[],
): Answer {
  switch (kind) {
    case 'listServices':
      return { case: 'listServicesResponse', value: { service: services.map((name) => ({ name })) } };
    case 'fileByFilename':
      return files(descriptors.fileByName(value), value);
    case 'fileContainingSymbol':
      return files(descriptors.fileBySymbol(value), value);
    case 'fileContainingExtension':
      return files(
        descriptors.fileByExtension(value.containingType, value.extensionNumber),
        `extension ${value.extensionNumber} of ${value.containingType}`,
      );
    case 'allExtensionNumbersOfType':
      if (!descriptors.hasMessage(value)) return refusal(status.NOT_FOUND, `${value} is not known here`);
      return { case: 'allExtensionNumbersResponse', value: { baseTypeName: value } };
    case undefined:
      return refusal(status.INVALID_ARGUMENT, 'the request asks for nothing that is known here');
  }
}

function files(fileDescriptorProto: readonly Uint8Array[] | undefined, what: string): Answer {
  if (fileDescriptorProto === undefined) return refusal(status.NOT_FOUND, `${what} is not known here`);
  return { case: 'fileDescriptorResponse', value: { fileDescriptorProto: [...fileDescriptorProto] } };
}

function refusal(errorCode: status, errorMessage: string): Answer {
  return { case: 'errorResponse', value: { errorCode, errorMessage } };
}
