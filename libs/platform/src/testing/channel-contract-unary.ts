import { CONTRACT_METHODS, bytes, type CurrentSetting } from './channel-contract-setting';
import type { UnaryOutcome } from '../channel';

type Call = (method: string, request: Uint8Array, timeoutMs?: number) => Promise<UnaryOutcome>;

function caller(current: CurrentSetting): Call {
  return (method, request, timeoutMs = 5000) => {
    const { channel, subject } = current();
    return subject.settle(channel.unary(method, request, { timeoutMs }));
  };
}

function describeAnswers(current: CurrentSetting): void {
  const call = caller(current);

  it('carries a request and its answer, empty and large ones too', async () => {
    for (const size of [0, 5, 6 * 1024 * 1024]) {
      const request = Buffer.alloc(size, 'ab');
      const outcome = await call(CONTRACT_METHODS.echo, request);
      expect(outcome.ok && Buffer.compare(Buffer.from(outcome.value), request)).toBe(0);
    }
  });

  it('brings a Failure across as that Failure', async () => {
    expect(await call(CONTRACT_METHODS.fail, bytes(''))).toEqual({
      ok: false,
      error: {
        reason: 'status',
        status: 'UNAVAILABLE',
        failure: { code: 'NOT_CONTROLLER', message: 'node 3 leads: né' },
        message: 'node 3 leads: né',
      },
    });
  });

  it('answers INVALID_REQUEST when the handler cannot read the request', async () => {
    const outcome = await call(CONTRACT_METHODS.malformed, bytes(''));
    expect(outcome).toMatchObject({ error: { reason: 'status', failure: { code: 'INVALID_REQUEST' } } });
  });

  it('answers UNIMPLEMENTED for a method nobody registered', async () => {
    const outcome = await call(CONTRACT_METHODS.missing, bytes(''));
    expect(outcome).toMatchObject({ ok: false, error: { reason: 'status', status: 'UNIMPLEMENTED' } });
  });

  it('hands the trace context to the handler', async () => {
    const { channel, subject } = current();
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const traced = channel.unary(CONTRACT_METHODS.trace, bytes(''), { timeoutMs: 5000, trace: { traceparent } });
    expect(await subject.settle(traced)).toEqual({ ok: true, value: bytes(traceparent) });
    expect(await call(CONTRACT_METHODS.trace, bytes(''))).toEqual({ ok: true, value: bytes('none') });
  });
}

function describeFailures(current: CurrentSetting): void {
  const call = caller(current);

  it('ends with timeout when no answer comes', async () => {
    expect(await call(CONTRACT_METHODS.silent, bytes(''), 30)).toMatchObject({
      ok: false,
      error: { reason: 'timeout' },
    });
  });

  it('ends with refused where nobody listens', async () => {
    const { subject } = current();
    const channel = subject.connector.connect(await subject.unusedEndpoint(), 'test');
    const outcome = await subject.settle(channel.unary(CONTRACT_METHODS.echo, bytes(''), { timeoutMs: 5000 }));
    expect(outcome).toMatchObject({ ok: false, error: { reason: 'refused' } });
    channel.close();
  });

  it('ends with reset when the connection breaks before the answer', async () => {
    const { subject, channel, server } = current();
    await call(CONTRACT_METHODS.echo, bytes('connected'));
    const outcome = channel.unary(CONTRACT_METHODS.silent, bytes(''), { timeoutMs: 5000 });
    await call(CONTRACT_METHODS.echo, bytes('after'));
    await server.stop();
    expect(await subject.settle(outcome)).toMatchObject({ ok: false, error: { reason: 'reset' } });
  });

  it('connects anew with the next call once the server is back', async () => {
    const { server } = current();
    await call(CONTRACT_METHODS.echo, bytes('before'));
    await server.stop();
    // The first call may still go out on the connection that is breaking.
    expect(await call(CONTRACT_METHODS.echo, bytes('down'))).toMatchObject({ ok: false });
    expect(await call(CONTRACT_METHODS.echo, bytes('down'))).toMatchObject({ ok: false, error: { reason: 'refused' } });
    await server.restart();
    expect(await call(CONTRACT_METHODS.echo, bytes('up'), 1000)).toMatchObject({ ok: true });
  });

  it('ends with cancelled when the channel is closed, and after it', async () => {
    const { channel, subject } = current();
    const open = channel.unary(CONTRACT_METHODS.silent, bytes(''), { timeoutMs: 5000 });
    channel.close();
    expect(await subject.settle(open)).toMatchObject({ ok: false, error: { reason: 'cancelled' } });
    expect(await call(CONTRACT_METHODS.echo, bytes(''))).toMatchObject({ ok: false, error: { reason: 'cancelled' } });
  });
}

/** What unary calls must do. */
export function describeUnaryCalls(current: CurrentSetting): void {
  describeAnswers(current);
  describeFailures(current);
}
