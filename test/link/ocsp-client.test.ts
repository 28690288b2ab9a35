/** The client of the OCSP responder against responders that answer, lie, drip, stall and are gone. */

import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { serveOcsp } from '../../platform-sim/ocsp-http.ts';
import { OcspResponder } from '../../platform-sim/ocsp-responder.ts';
import { OcspClient, type OcspClientOptions } from '../../src/link/ocsp-client.ts';
import { isOcspUrl } from '../../src/link/ocsp-url.ts';
import { at, authority, issue, load, NOW } from '../pki/cards.ts';
import { questionAbout } from '../pki/ocsp-cases.ts';
import { stopwatch } from '../rig/stopwatch.ts';

const card = await issue();
const subject = questionAbout(card.der, await load()).subject;

/** A loaded machine needs its time; where time itself is asked for, the test says so. */
const PATIENT_MS = 20_000;
const servers: { close(): unknown; closeAllConnections?(): void }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections?.();
    server.close();
  }
});

async function listening(server: Server | ReturnType<typeof createTcpServer>): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/ocsp`;
}

const serving = (listener: RequestListener) => listening(createServer(listener));

function ask(url: string, waitMs = PATIENT_MS, more: Partial<OcspClientOptions> = {}) {
  const client = new OcspClient({ url, ...more });
  return client.ask(subject, () => NOW, waitMs);
}

const honest = new OcspResponder({ authority, revoked: () => [], now: () => NOW });
const revoking = new OcspResponder({
  authority,
  revoked: () => [{ serial: card.serial, at: at(-1), reason: 'certificateHold' }],
  now: () => NOW,
});

describe('a question over HTTP', () => {
  it.each(['sha1', 'sha256'] as const)('is answered, by %s', async (certificateId) => {
    const url = await serving((request, response) => serveOcsp(honest, request, response));
    expect(await ask(url, PATIENT_MS, { certificateId })).toEqual({ status: 'good' });
  });

  it('tells of a revocation', async () => {
    const url = await serving((request, response) => serveOcsp(revoking, request, response));
    expect(await ask(url)).toEqual({ status: 'revoked', revokedFor: 'certificateHold' });
  });

  it('is a POST that says nothing of the card in its address or its headers', async () => {
    let seen = '';
    const url = await serving((request, response) => {
      seen = JSON.stringify([request.method, request.url, request.headers]);
      serveOcsp(honest, request, response);
    });
    await ask(url);
    expect(seen).toContain('"POST","/ocsp"');
    expect(seen).not.toContain(card.serial.toString('hex'));
    expect(seen).not.toContain(card.serial.toString('base64'));
  });
});

describe('nobody is taken for a responder', () => {
  const cases: Readonly<Record<string, readonly [string, RequestListener]>> = {
    'who has no such page': ['http-status', (_, response) => response.writeHead(404).end()],
    'who sends elsewhere': [
      'http-status',
      (_, response) => response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end(),
    ],
    'who breaks off': ['unreachable', (request) => request.socket.destroy()],
    'who breaks off in the middle': [
      'unreachable',
      (request, response) => {
        response.writeHead(200, { 'content-length': 900 }).write('half');
        request.socket.end();
      },
    ],
    'who sends a page': ['malformed', (_, response) => response.end('<html>Please log in</html>')],
    'who sends nothing': ['malformed', (_, response) => response.end()],
    'who never ends': [
      'too-large',
      (_, response) => {
        const more = () => {
          while (response.write(Buffer.alloc(4096)));
        };
        response.on('drain', more);
        more();
      },
    ],
  };
  it.each(Object.keys(cases))('%s', async (name) => {
    const [fault, listener] = cases[name] ?? ['', () => {}];
    expect(await ask(await serving(listener))).toMatchObject({ status: 'none', fault });
  });

  it('who speaks no HTTP', async () => {
    const url = await listening(createTcpServer((socket) => void socket.end('SSH-2.0-x\r\n')));
    expect(await ask(url)).toMatchObject({ status: 'none', fault: 'unreachable' });
  });

  it('where nobody listens', async () => {
    const url = await serving(() => {});
    servers.pop()?.close();
    expect(await ask(url)).toMatchObject({ fault: 'unreachable', detail: 'ECONNREFUSED' });
  });

  it.each<[string, RequestListener]>([
    ['who is silent', () => {}],
    [
      'who drips an octet at a time',
      (request, response) => {
        response.writeHead(200, { 'content-length': 900 });
        const drip = setInterval(() => response.write('x'), 10);
        request.socket.on('close', () => clearInterval(drip));
      },
    ],
  ])('%s, for longer than the limit', async (_, listener) => {
    const url = await serving(listener);
    const took = stopwatch();
    expect(await ask(url, 150)).toMatchObject({ fault: 'too-slow' });
    expect(took()).toBeLessThan(2_000);
  });
});

describe('after a failure of the network', () => {
  it('nobody is asked for 30 seconds, and then again', async () => {
    let asked = 0;
    let elapsed = 0;
    let silent = true;
    const url = await serving((request, response) => {
      asked += 1;
      if (silent) request.socket.destroy();
      else serveOcsp(honest, request, response);
    });
    const client = new OcspClient({ url, monotonic: () => elapsed });
    const next = () => client.ask(subject, () => NOW, PATIENT_MS);
    expect(await next()).toMatchObject({ fault: 'unreachable' });
    silent = false;
    elapsed = 29_999;
    expect(await next()).toMatchObject({ fault: 'resting' });
    expect(asked).toBe(1);
    elapsed = 30_000;
    expect(await next()).toEqual({ status: 'good' });
    expect(asked).toBe(2);
  });

  it('a wrong answer about one card keeps nobody else waiting', async () => {
    const url = await serving((_, response) => response.end('no'));
    const client = new OcspClient({ url });
    for (const _ of [1, 2])
      expect(await client.ask(subject, () => NOW, PATIENT_MS)).toMatchObject({
        fault: 'malformed',
      });
  });
});

describe('the address of a responder', () => {
  it.each([
    ['https://ocsp.example/', true],
    ['http://127.0.0.1:8411/ocsp', true],
    ['http://ocsp.example/', false],
    ['http://127.0.0.1.example/', false],
    ['https://user:word@ocsp.example/', false],
    ['file:///etc/passwd', false],
    ['ocsp.example', false],
  ])('%s: %s', (url, right) => {
    expect(isOcspUrl(url)).toBe(right);
  });
});
