// Small hand on `server.properties` files and free ports, for cases that start services by themselves.
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';

/** Reads a file of `key=value` lines as the project's tools write them. */
export function readProperties(path) {
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.includes('=') && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')).trim(), line.slice(line.indexOf('=') + 1).trim()]),
  );
}

export function writeProperties(path, properties) {
  writeFileSync(
    path,
    `${Object.entries(properties)
      .map(([key, value]) => `${key}=${value}`)
      .join('\n')}\n`,
  );
}

/** A port that was free a moment ago. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
