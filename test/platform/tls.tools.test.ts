/** OpenSSL as a peer that knows nothing of ours: requests, chains and connections as its command line sees them. */

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SecureLink } from '../../src/link/secure-link.ts';
import { PlatformFaultError } from '../../src/link/secure-transport.ts';
import { makeRequest } from '../../src/pki/issuing.ts';
import { type EnrolledTerminal, enrolledTerminal, nextKey, signerOf } from '../link/enrolled.ts';
import { TERMINAL, TestTerminal, tempFolder } from '../link/fixtures.ts';
import { TestPlatform } from './test-platform.ts';
import { pem } from './tls-client.ts';

const run = promisify(execFile);

let platform: TestPlatform;
let directory: string;
let enrolled: EnrolledTerminal;

beforeAll(async () => {
  platform = await TestPlatform.start();
  directory = await mkdtemp(join(tmpdir(), 'kazasu-tls-'));
});

afterAll(async () => {
  await platform.stop();
  await rm(directory, { recursive: true });
});

function openssl(...args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  return run('openssl', args, { cwd: directory, timeout: 120_000 });
}

/** Asks for an object that is not there: 404 for whoever is let in. */
function get(...args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  const { port } = new URL(platform.secureUrl);
  const request = `GET /objects/${'0'.repeat(64)} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
  const client = ['s_client', '-connect', `127.0.0.1:${port}`, '-CAfile', 'ca.pem', ...args];
  const started = run('openssl', [...client, '-verify_return_error', '-ign_eof'], {
    cwd: directory,
    timeout: 120_000,
  });
  started.child.stdin?.end(request);
  return started;
}

async function write(): Promise<void> {
  const { identity } = enrolled;
  const { key, chain } = await identity.credentials();
  const [link = '', terminal = ''] = chain.split(/(?<=-----END CERTIFICATE-----\n)/u);
  await writeFile(join(directory, 'link.key'), key, { mode: 0o600 });
  await writeFile(join(directory, 'link.pem'), link);
  await writeFile(join(directory, 'terminal.pem'), terminal);
  await writeFile(join(directory, 'ca.pem'), pem(platform.stores.keys.caCertificate));
}

test('it reads the request of a terminal, and verifies its signature', async () => {
  const key = signerOf(nextKey());
  await writeFile(join(directory, 'request.der'), await makeRequest('gate-1', key));
  const said = await openssl(
    'req',
    '-in',
    'request.der',
    '-inform',
    'DER',
    '-verify',
    '-noout',
    '-subject',
  );
  expect(`${said.stdout}${said.stderr}`).toMatch(/verify OK/u);
  expect(said.stdout).toMatch(/CN ?= ?gate-1/u);
});

test('it verifies the chain from the link key to the platform, strictly, and is let in with it', async () => {
  enrolled = await enrolledTerminal(platform, Date.now(), new TestTerminal(tempFolder()));
  await write();
  const chain = ['-x509_strict', '-purpose', 'sslclient', '-CAfile', 'ca.pem'];
  const verified = await openssl('verify', ...chain, '-untrusted', 'terminal.pem', 'link.pem');
  expect(verified.stdout).toContain('link.pem: OK');
  const shown = ['-cert', 'link.pem', '-key', 'link.key', '-cert_chain', 'terminal.pem'];
  const { stdout } = await get(...shown, '-tls1_3', '-verify_hostname', 'localhost');
  expect(stdout).toContain('HTTP/1.1 404');
});

test('it verifies the platform, and is told why it is not let in without a certificate', async () => {
  enrolled = await enrolledTerminal(platform, Date.now(), new TestTerminal(tempFolder()));
  await write();
  const { stdout } = await get('-tls1_3', '-verify_ip', '127.0.0.1');
  expect(stdout).toMatch(/403 Forbidden[\s\S]*kazasu-refused: no-certificate/u);
  await expect(get('-tls1_2')).rejects.toThrow(/protocol version/u);
});

test('whoever offers TLS 1.2 alone gets no connection from a terminal, and whoever is another gets no word', async () => {
  enrolled = await enrolledTerminal(platform, Date.now(), new TestTerminal(tempFolder()));
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const own = ['-keyout', 'other.key', '-out', 'other.pem', '-nodes', '-days', '2'];
  await openssl('req', '-x509', '-newkey', 'rsa:2048', ...own, ...subject);
  const [key, cert] = await Promise.all(
    ['other.key', 'other.pem'].map((file) => readFile(join(directory, file))),
  );
  for (const [maxVersion, expected] of [
    ['TLSv1.2', /protocol|version/iu],
    ['TLSv1.3', /another-platform/u],
  ] as const) {
    const heard: Buffer[] = [];
    const server = createServer({ key, cert, maxVersion, minVersion: 'TLSv1.2' });
    server.on('secureConnection', (socket) =>
      socket.on('data', (part: Buffer) => heard.push(part)),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const link = new SecureLink({
      url: `wss://127.0.0.1:${port}/terminals`,
      identity: enrolled.identity,
      ca: platform.stores.keys.caCertificate,
      clock: enrolled.terminal.clock,
      timeoutMs: 20_000,
    });
    const attempt = link.connect();
    await expect(attempt).rejects.toThrow(expected);
    if (maxVersion === 'TLSv1.3') await expect(attempt).rejects.toBeInstanceOf(PlatformFaultError);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(heard).toEqual([]);
  }
  expect(platform.stores.terminals.standing(TERMINAL)).toBe('enrolled');
});
