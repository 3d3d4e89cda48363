import { create, createFileRegistry, fromBinary, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { type FileDescriptorProto, FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type { ChannelStream } from '@milena/platform';
import {
  RaftService,
  ServerReflectionRequestSchema,
  ServerReflectionResponseSchema,
  TopicService,
  type ServerReflectionRequest,
} from '@milena/proto';
import { createGrpcConnector } from './grpc-connector';
import { createGrpcServer, type GrpcServer } from './grpc-server';
import { createHealthService } from './health-service';
import { REFLECTION_METHODS } from './reflection-service';
import { methodPath } from './typed-service';
import { waitUntil } from './testing/wait-until';

type Question = ServerReflectionRequest['messageRequest'];

describe.each(REFLECTION_METHODS)('server reflection, %s', (reflectionMethod) => {
  const connector = createGrpcConnector();
  let server: GrpcServer;
  let answers: MessageInitShape<typeof ServerReflectionResponseSchema>['messageResponse'][];
  let ended: { isClosed: boolean };
  let stream: ChannelStream;
  let close: () => void;

  beforeEach(async () => {
    server = createGrpcServer({ host: '127.0.0.1', port: 0, health: createHealthService() });
    const unused = () => Promise.reject(new Error('not called'));
    server.unary(methodPath(TopicService.method.listTopics), unused);
    server.stream(methodPath(RaftService.method.fetch), () => ({ onMessage() {}, onClosed() {} }));
    const channel = connector.connect(await server.start(), 'reflection');
    close = () => channel.close();
    answers = [];
    const closing = { isClosed: false };
    ended = closing;
    stream = channel.openStream(reflectionMethod, {
      onMessage: (bytes) => answers.push(fromBinary(ServerReflectionResponseSchema, bytes).messageResponse),
      onClosed: () => (closing.isClosed = true),
    });
  });

  afterEach(async () => {
    close();
    await server.stop();
  });

  function ask(messageRequest: Question): void {
    const request = create(ServerReflectionRequestSchema, { host: 'here', messageRequest });
    stream.send(toBinary(ServerReflectionRequestSchema, request));
  }

  async function answered(count: number): Promise<void> {
    await waitUntil(() => answers.length >= count);
  }

  /** Links the files of an answer as a strict client does, each behind those it imports. */
  function linked(index: number) {
    const answer = answers[index];
    if (answer?.case !== 'fileDescriptorResponse') throw new Error(`answered ${answer?.case}`);
    const files = (answer.value.fileDescriptorProto ?? []).map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes));
    const ordered = new Set<FileDescriptorProto>();
    const link = (name: string): void => {
      const file = files.find((each) => each.name === name);
      if (file === undefined) throw new Error(`the answer lacks ${name}`);
      file.dependency.forEach(link);
      ordered.add(file);
    };
    link(files[0]!.name);
    return createFileRegistry(create(FileDescriptorSetSchema, { file: [...ordered] }));
  }

  it('lists the services registered, health and itself', async () => {
    ask({ case: 'listServices', value: '' });
    await answered(1);
    const [answer] = answers;
    const names = answer?.case === 'listServicesResponse' ? answer.value.service?.map(({ name }) => name) : [];
    expect(names).toEqual([
      'grpc.health.v1.Health',
      'grpc.reflection.v1.ServerReflection',
      'grpc.reflection.v1alpha.ServerReflection',
      'milena.admin.v1.TopicService',
      'milena.raft.v1.RaftService',
    ]);
  });

  it('describes services whose messages hold maps and well-known types, with everything they import', async () => {
    for (const symbol of ['milena.admin.v1.TopicService', 'grpc.health.v1.Health', 'milena.admin.v1.QuorumService']) {
      ask({ case: 'fileContainingSymbol', value: symbol });
    }
    await answered(3);
    expect(linked(0).getMessage('milena.admin.v1.Topic')?.field['configs']).toMatchObject({ fieldKind: 'map' });
    expect(linked(1).getMessage('grpc.health.v1.HealthListResponse')?.field['statuses']?.fieldKind).toBe('map');
    expect(linked(2).getMessage('google.protobuf.Timestamp')).toBeDefined();
  });

  it('finds methods and fields, nested enums and files', async () => {
    const symbols = [
      'milena.admin.v1.TopicService.ListTopics',
      'milena.admin.v1.Topic.uid',
      'milena.admin.v1.Broker.State',
    ];
    for (const value of symbols) ask({ case: 'fileContainingSymbol', value });
    ask({ case: 'fileByFilename', value: 'google/protobuf/timestamp.proto' });
    await answered(4);
    expect(linked(0).getService('milena.admin.v1.TopicService')).toBeDefined();
    expect(linked(1).getMessage('milena.admin.v1.Topic')).toBeDefined();
    expect(linked(2).getEnum('milena.admin.v1.Broker.State')).toBeDefined();
    expect(linked(3).getMessage('google.protobuf.Timestamp')).toBeDefined();
  });

  it('carries the comments of the protos', async () => {
    ask({ case: 'fileContainingSymbol', value: 'milena.admin.v1.TopicService' });
    await answered(1);
    const { sourceCodeInfo } = linked(0).getFile('milena/admin/v1/topic.proto')!.proto;
    expect(sourceCodeInfo?.location.map(({ leadingComments }) => leadingComments)).toContain(' Creates a topic.\n');
  });

  it('answers what it does not know with an error of its own and goes on', async () => {
    ask({ case: 'fileContainingSymbol', value: 'milena.admin.v1.NoService' });
    ask({ case: 'fileByFilename', value: '../../etc/passwd' });
    ask({
      case: 'fileContainingExtension',
      value: { $typeName: 'grpc.reflection.v1.ExtensionRequest', containingType: 'x', extensionNumber: 1 },
    });
    ask({ case: 'allExtensionNumbersOfType', value: 'x' });
    ask({ case: undefined });
    ask({ case: 'allExtensionNumbersOfType', value: 'milena.admin.v1.Topic' });
    stream.end();
    await waitUntil(() => ended.isClosed);
    expect(answers.map((answer) => (answer?.case === 'errorResponse' ? answer.value.errorCode : answer?.case))).toEqual(
      [5, 5, 5, 5, 3, 'allExtensionNumbersResponse'],
    );
  });
});
