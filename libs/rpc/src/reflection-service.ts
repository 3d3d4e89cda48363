import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { status } from '@grpc/grpc-js';
import type { StreamAcceptor } from '@milena/platform';
import {
  ServerReflection,
  ServerReflectionAlpha,
  ServerReflectionRequestSchema,
  ServerReflectionResponseSchema,
  type ServerReflectionRequest,
} from '@milena/proto';
import { readServiceDescriptors, type ServiceDescriptors } from './service-descriptors';
import { decodeMessage, methodPath } from './typed-service';

type Answer = MessageInitShape<typeof ServerReflectionResponseSchema>['messageResponse'];

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
  let descriptors: ServiceDescriptors | undefined;
  return (stream) => ({
    onMessage(bytes) {
      const request = decodeMessage(ServerReflectionRequestSchema, bytes);
      descriptors ??= readServiceDescriptors();
      stream.send(encode(request, answerTo(request, descriptors, listed)));
    },
    onClosed: () => stream.end(),
  });
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
