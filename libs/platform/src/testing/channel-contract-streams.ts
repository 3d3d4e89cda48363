import { MalformedInput } from '@milena/bytes';
import type { ChannelStream } from '../channel';
import {
  CONTRACT_METHODS,
  MAX_QUEUED_BYTES,
  bytes,
  recorded,
  type ChannelContractSubject,
  type CurrentSetting,
  type Recorded,
} from './channel-contract-setting';

/** A stream that both ends have seen a message on. */
interface OpenStream {
  readonly subject: ChannelContractSubject;
  readonly stream: ChannelStream;
  readonly seen: Recorded;
  readonly server: { readonly stream: ChannelStream; readonly seen: Recorded };
}

function opener(current: CurrentSetting): () => Promise<OpenStream> {
  return async () => {
    const { channel, subject, accepted } = current();
    const seen = recorded();
    const stream = channel.openStream(CONTRACT_METHODS.stream, seen);
    stream.send(bytes('hello'));
    await subject.waitFor(() => accepted.at(-1)?.seen.messages.length === 1);
    const server = accepted.at(-1);
    if (server === undefined) throw new Error('no stream was accepted');
    return { subject, stream, seen, server };
  };
}

function describeMessages(current: CurrentSetting): void {
  const openStream = opener(current);

  it('carries messages in order both ways', async () => {
    const { subject, stream, seen, server } = await openStream();
    const numbers = Array.from({ length: 300 }, (_, index) => String(index));
    for (const text of numbers) stream.send(bytes(text));
    for (const text of numbers) server.stream.send(bytes(text));
    await subject.waitFor(() => server.seen.messages.length === 301 && seen.messages.length === 300);
    expect(server.seen.messages).toEqual(['hello', ...numbers]);
    expect(seen.messages).toEqual(numbers);
    stream.cancel();
  });

  it('answers INVALID_REQUEST when the server cannot read a message', async () => {
    const { subject, stream, seen, server } = await openStream();
    stream.send(bytes('malformed'));
    await subject.waitFor(() => seen.closed.length === 1 && server.seen.closed.length === 1);
    expect(seen.closed[0]).toMatchObject({ reason: 'status', failure: { code: 'INVALID_REQUEST' } });
  });

  it('cancels the stream when the caller cannot read a message', async () => {
    const { channel, subject, accepted } = current();
    const seen = recorded();
    const stream = channel.openStream(CONTRACT_METHODS.stream, {
      onMessage: () => {
        throw new MalformedInput('not a message');
      },
      onClosed: (reason) => seen.onClosed(reason),
    });
    stream.send(bytes('hello'));
    await subject.waitFor(() => accepted.length === 1);
    accepted[0]?.stream.send(bytes('unreadable'));
    await subject.waitFor(() => seen.closed.length === 1 && accepted[0]?.seen.closed.length === 1);
    expect(seen.closed[0]?.reason).toBe('cancelled');
  });

  it('cancels a stream whose unsent messages exceed the bound', async () => {
    const { subject, stream, seen, server } = await openStream();
    const message = Buffer.alloc(1024 * 1024);
    for (let sent = 0; sent <= MAX_QUEUED_BYTES * 2; sent += message.length) stream.send(message);
    await subject.waitFor(() => seen.closed.length === 1 && server.seen.closed.length === 1);
    expect(seen.closed[0]?.reason).toBe('cancelled');
  });
}

function describeEndings(current: CurrentSetting): void {
  const openStream = opener(current);

  it('lets the server answer after the caller has ended, and end the call', async () => {
    const { subject, stream, seen, server } = await openStream();
    stream.end();
    await subject.waitFor(() => server.seen.closed.length === 1);
    expect(seen.closed).toEqual([]);
    server.stream.send(bytes('late answer'));
    server.stream.end();
    await subject.waitFor(() => seen.closed.length === 1);
    expect(seen).toMatchObject({ messages: ['late answer'], closed: [undefined] });
    expect(server.seen.closed).toEqual([undefined]);
  });

  it('closes both ends once when the server ends the call first', async () => {
    const { subject, stream, seen, server } = await openStream();
    server.stream.send(bytes('last'));
    server.stream.end();
    await subject.waitFor(() => seen.closed.length === 1 && server.seen.closed.length === 1);
    stream.end();
    stream.send(bytes('nobody reads this'));
    server.stream.send(bytes('nor this'));
    expect(seen).toMatchObject({ messages: ['last'], closed: [undefined] });
    expect(server.seen.closed).toEqual([undefined]);
  });

  it('tells both ends cancelled when the caller cancels, and nothing runs inside the call', async () => {
    const { subject, stream, seen, server } = await openStream();
    stream.cancel();
    expect(seen.closed).toEqual([]);
    await subject.waitFor(() => seen.closed.length === 1 && server.seen.closed.length === 1);
    expect(seen.closed[0]?.reason).toBe('cancelled');
    expect([undefined, 'cancelled']).toContain(server.seen.closed[0]?.reason);
    stream.cancel();
    server.stream.cancel();
    expect(seen.closed).toHaveLength(1);
  });

  it('tells the caller reset when the server cancels', async () => {
    const { subject, seen, server } = await openStream();
    server.stream.cancel();
    await subject.waitFor(() => seen.closed.length === 1 && server.seen.closed.length === 1);
    expect(seen.closed[0]?.reason).toBe('reset');
    expect(server.seen.closed[0]?.reason).toBe('cancelled');
  });

  it('tells both ends when the connection breaks', async () => {
    const { subject, seen } = await openStream();
    await current().server.stop();
    await subject.waitFor(() => seen.closed.length === 1);
    expect(seen.closed[0]?.reason).toBe('reset');
  });

  it('tells the caller cancelled and the server that it is over when the channel is closed', async () => {
    const { subject, seen, server } = await openStream();
    current().channel.close();
    await subject.waitFor(() => seen.closed.length === 1 && server.seen.closed.length === 1);
    expect(seen.closed[0]?.reason).toBe('cancelled');
    expect([undefined, 'cancelled', 'reset']).toContain(server.seen.closed[0]?.reason);
  });

  it('ends with refused where nobody listens, and with UNIMPLEMENTED for an unknown method', async () => {
    const { subject, channel } = current();
    const refused = recorded();
    const lost = subject.connector.connect(await subject.unusedEndpoint(), 'test');
    lost.openStream(CONTRACT_METHODS.stream, refused);
    const unknown = recorded();
    channel.openStream(CONTRACT_METHODS.missing, unknown);
    await subject.waitFor(() => refused.closed.length === 1 && unknown.closed.length === 1);
    expect(refused.closed[0]?.reason).toBe('refused');
    expect(unknown.closed[0]).toMatchObject({ reason: 'status', status: 'UNIMPLEMENTED' });
    lost.close();
  });
}

/** What bidirectional streams must do. */
export function describeBidirectionalStreams(current: CurrentSetting): void {
  describeMessages(current);
  describeEndings(current);
}
