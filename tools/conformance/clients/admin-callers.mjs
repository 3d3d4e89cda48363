// The admin API as people call it: real grpcurl, real `buf curl`, and JSON over plain HTTP. Each caller takes a method
// (`TopicService/GetTopic`) and a request as JSON, and gives the answer as JSON; an AdminError tells code and reason.
import { join } from 'node:path';
import { root } from '../cluster.mjs';
import { grpcurl } from '../prerequisites.mjs';
import { run } from '../process.mjs';

export const adminPackage = 'milena.admin.v1';
const buf = join(root, 'node_modules', '.bin', 'buf');

/** A call that was refused. `said` is everything the tool printed. */
export class AdminError extends Error {
  constructor(method, code, said) {
    super(`${method}: ${code}: ${said}`);
    Object.assign(this, { code, said });
  }
}

/** `NotFound`, `not_found` and NOT_FOUND alike as NOT_FOUND. */
const codeName = (text) => text.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase();

/** An error of the Connect protocol with its details, which are base64 of protobuf messages: strings stand in them as they are. */
function said(failure) {
  const details = (failure.details ?? []).map(({ type, value }) => `${type} ${Buffer.from(value, 'base64')}`);
  return [JSON.stringify(failure), ...details].join('\n');
}

/** Runs grpcurl; its arguments after `-plaintext`. */
export function runGrpcurl(...args) {
  return run(grpcurl(), ['-plaintext', '-max-time', '20', ...args], { anyExit: true, timeoutMs: 30_000 });
}

/** Runs `buf curl` against `http://address/path`. */
export function runBufCurl(address, path, ...args) {
  const plain = ['curl', '--protocol', 'grpc', '--http2-prior-knowledge', ...args, `http://${address}/${path}`];
  return run(buf, plain, { anyExit: true, timeoutMs: 30_000 });
}

function viaGrpcurl({ grpc, headers = [] }) {
  return async (method, request) => {
    const extra = headers.flatMap((header) => ['-H', header]);
    const args = [...extra, '-d', JSON.stringify(request), grpc, `${adminPackage}.${method}`];
    const { code, stdout, stderr } = await runGrpcurl(...args);
    if (code === 0) return JSON.parse(stdout);
    throw new AdminError(method, codeName(/Code: (\w+)/.exec(stderr)?.[1] ?? `exit ${code}`), stderr);
  };
}

function viaBufCurl({ grpc }) {
  return async (method, request) => {
    const args = ['-d', JSON.stringify(request)];
    const { code, stdout, stderr } = await runBufCurl(grpc, `${adminPackage}.${method}`, ...args);
    if (code === 0) return JSON.parse(stdout);
    if (!stderr.trimStart().startsWith('{')) throw new AdminError(method, `exit ${code}`, stderr);
    const failure = JSON.parse(stderr);
    throw new AdminError(method, codeName(failure.code), said(failure));
  };
}

function viaHttp({ http }) {
  return async (method, request) => {
    const response = await fetch(`http://${http}/${adminPackage}.${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
      signal: AbortSignal.timeout(20_000),
    });
    const answer = await response.json();
    if (response.ok) return answer;
    throw new AdminError(method, codeName(answer.code ?? `${response.status}`), said(answer));
  };
}

/** Ways to call the admin API, by name; each takes `{grpc, http}` addresses. */
export const adminCallers = { grpcurl: viaGrpcurl, 'buf curl': viaBufCurl, 'JSON over HTTP': viaHttp };
