import { ByteReader } from '@milena/bytes';
import { invariant } from '@milena/model';
import type { Fields, Message, MessageInput } from './field';
import { joinFrame, type Frame } from './frame';
import { FrameWriter } from './frame-writer';
import { compileMessageReader, skipTaggedFields, type MessageReader } from './message-reader';
import { compileMessageWriter, type MessageWriter } from './message-writer';
import { writeRequestHeader, type RequestHeader } from './request-header';
import { includesVersion, type VersionRange } from './version-range';

/** What defines an API: its number, versions and the fields of both messages. */
export interface ApiDefinition<Q extends Fields, S extends Fields> {
  readonly key: number;
  readonly name: string;
  /** Versions with a schema. All of them are advertised. */
  readonly versions: VersionRange;
  /** First version that is carried out; older ones are only decoded, to be answered with UNSUPPORTED_VERSION. */
  readonly servedSince?: number;
  /** First version with compact lengths and tagged fields (KIP-482); absent when there is none. */
  readonly flexibleSince?: number;
  /** The response header stays at version 0 whatever the version: a client parses it before it knows what we speak. */
  readonly plainResponseHeader?: boolean;
  readonly request: Q;
  readonly response: S;
}

/** A Kafka API: both directions of both messages, for every version. */
export interface Api<Q extends Fields = Fields, S extends Fields = Fields> {
  readonly key: number;
  readonly name: string;
  readonly versions: VersionRange;
  readonly servedSince: number;
  readonly isFlexible: (version: number) => boolean;
  readonly request: Q;
  readonly response: S;
  /** Decodes the body of a request after the fixed part of its header was read; MalformedInput when the bytes are bad. */
  decodeRequest(reader: ByteReader, version: number): Message<Q>;
  /** A whole request: header and body. */
  encodeRequest(header: Omit<RequestHeader, 'apiKey'>, body: MessageInput<Q>): Buffer;
  /** A whole response: header and body. */
  encodeResponse(version: number, correlationId: number, body: MessageInput<S>): Frame;
  /** Decodes a whole response; MalformedInput when the bytes are bad. */
  decodeResponse(version: number, frame: Buffer): { readonly correlationId: number; readonly body: Message<S> };
}

/** The decoded request of an API. */
export type RequestOf<A> = A extends Api<infer Q, infer _S> ? Message<Q> : never;
/** What the encoder of an API's request takes. */
export type RequestInputOf<A> = A extends Api<infer Q, infer _S> ? MessageInput<Q> : never;
/** The decoded response of an API. */
export type ResponseOf<A> = A extends Api<infer _Q, infer S> ? Message<S> : never;
/** What the encoder of an API's response takes. */
export type ResponseInputOf<A> = A extends Api<infer _Q, infer S> ? MessageInput<S> : never;

interface Codec<F extends Fields> {
  readonly reader: MessageReader<F>;
  readonly writer: MessageWriter<F>;
}

/** Makes an API out of its definition. Codecs are compiled once per version, when it is first used. */
export function defineApi<Q extends Fields, S extends Fields>(definition: ApiDefinition<Q, S>): Api<Q, S> {
  const { key, name, versions, flexibleSince = Infinity } = definition;
  const isFlexible = (version: number) => version >= flexibleSince;
  const compiled = <F extends Fields>(fields: F) => {
    const codecs: Codec<F>[] = [];
    return (version: number): Codec<F> => {
      invariant(includesVersion(versions, version), 'no schema for this version', { name, version });
      return (codecs[version] ??= {
        reader: compileMessageReader(fields, version, isFlexible(version)),
        writer: compileMessageWriter(fields, version, isFlexible(version)),
      });
    };
  };
  const requestCodec = compiled(definition.request);
  const responseCodec = compiled(definition.response);
  const hasTaggedHeader = (version: number) => isFlexible(version) && definition.plainResponseHeader !== true;
  return {
    key,
    name,
    versions,
    servedSince: definition.servedSince ?? versions.min,
    isFlexible,
    request: definition.request,
    response: definition.response,
    decodeRequest(reader, version) {
      if (isFlexible(version)) skipTaggedFields(reader);
      return requestCodec(version).reader.read(reader);
    },
    encodeRequest(header, body) {
      const writer = new FrameWriter();
      writeRequestHeader(writer.out, { ...header, apiKey: key }, isFlexible(header.apiVersion));
      requestCodec(header.apiVersion).writer.write(writer, body);
      return joinFrame(writer.finish());
    },
    encodeResponse(version, correlationId, body) {
      const writer = new FrameWriter();
      writer.out.int32(correlationId);
      if (hasTaggedHeader(version)) writer.out.unsignedVarint(0);
      responseCodec(version).writer.write(writer, body);
      return writer.finish();
    },
    decodeResponse(version, frame) {
      const reader = new ByteReader(frame);
      const correlationId = reader.int32();
      if (hasTaggedHeader(version)) skipTaggedFields(reader);
      return { correlationId, body: responseCodec(version).reader.read(reader) };
    },
  };
}
