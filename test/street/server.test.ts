/** The page's server: who may look, who may ask, and what bad input gets. */

import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import {
  STREET_PROTOCOL,
  type StreetState,
  type ToPage,
} from '../../platform-sim/street/messages.ts';
import type { Request } from '../../platform-sim/street/requests.ts';
import {
  openStreetServer,
  type StreetServer,
  StreetServerError,
} from '../../platform-sim/street/server.ts';

const RUN = '0b2f5a6e-2f0c-4a55-9a3e-6a1d3b9c7e10';
const SVG = '<svg xmlns="http://www.w3.org/2000/svg"/>';
const STATE = { run: RUN, opening: false, places: [], residents: [] } as unknown as StreetState;

let folder: string;
let server: StreetServer;
let asked: Request[];
let tell: (parts: Partial<StreetState>) => void;
let obey: (asked: Request) => Promise<string>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kazasu-page-'));
  for (const part of ['street', 'assets']) await mkdir(join(folder, part));
  const page = '<!doctype html><meta name="kazasu-token" content=""><title>street</title>';
  await writeFile(join(folder, 'street', 'index.html'), page);
  await writeFile(join(folder, 'assets', 'main-1.js'), 'export {};');
  await writeFile(join(folder, 'secret.txt'), 'not for browsers');
  asked = [];
  obey = async (what) => {
    asked.push(what);
    return 'done';
  };
  server = await open();
});

afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

function open(): Promise<StreetServer> {
  const listeners = new Set<(parts: Partial<StreetState>) => void>();
  tell = (parts) => {
    for (const listener of listeners) listener(parts);
  };
  return openStreetServer({
    source: {
      state: () => STATE,
      watch(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      svgOf: (run, number) => (run === RUN && number === 3 ? SVG : null),
      obey: (what) => obey(what),
    },
    port: 0,
    files: folder,
    screens: ['http://127.0.0.1:8401'],
  });
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** With any Host and any path: `fetch` would tidy both. */
async function get(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const { hostname, port, host } = new URL(server.origin);
  const sent = request({ hostname, port, path, method, headers: { host, ...headers } });
  sent.end();
  const [response] = await once(sent, 'response');
  let body = '';
  for await (const piece of response) body += piece;
  return { status: response.statusCode, headers: response.headers, body } as Answer;
}

async function tokenOf(): Promise<string> {
  const { body } = await get('/');
  return /name="kazasu-token" content="([\w-]{22})"/u.exec(body)?.[1] ?? '';
}

interface Visit {
  readonly path?: string;
  /** Null: none. */
  readonly origin?: string | null;
  readonly protocols?: readonly string[];
  readonly headers?: Record<string, string>;
}

async function visit(how: Visit = {}): Promise<WebSocket> {
  const token = await tokenOf();
  const { path = '/street', origin = server.origin, headers = {} } = how;
  const { protocols = [STREET_PROTOCOL, `token.${token}`] } = how;
  return new WebSocket(`${server.origin.replace('http', 'ws')}${path}`, [...protocols], {
    headers,
    ...(origin === null ? {} : { origin }),
  });
}

async function nextMessage(socket: WebSocket): Promise<ToPage> {
  const [data] = await once(socket, 'message');
  return JSON.parse(String(data)) as ToPage;
}

/** Status of the refusal. */
async function refusalOf(socket: WebSocket): Promise<number> {
  socket.on('error', () => {});
  const [, response] = await once(socket, 'unexpected-response');
  socket.terminate();
  return response.statusCode;
}

test('the page comes with a token in it, and may be framed, scripted and styled by nobody else', async () => {
  const { status, headers, body } = await get('/');
  expect(status).toBe(200);
  expect(body).toMatch(/content="[\w-]{22}"/u);
  const policy = String(headers['content-security-policy']);
  for (const part of [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    'frame-src http://127.0.0.1:8401',
    "frame-ancestors 'none'",
    "form-action 'none'",
  ]) {
    expect(policy).toContain(part);
  }
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
  });
});

test('built files are served, and nothing beside them', async () => {
  expect(await get('/assets/main-1.js')).toMatchObject({ status: 200, body: 'export {};' });
  for (const path of [
    '/secret.txt',
    '/street/index.html',
    '/assets/',
    '/assets/../secret.txt',
    '/assets/%2e%2e/secret.txt',
    '/assets/..%2fsecret.txt',
    '//etc/passwd',
    '/papers/../secret.txt',
  ]) {
    expect([path, (await get(path)).status]).toEqual([path, 404]);
  }
});

test('a build under a running street changes nothing for those who look on', async () => {
  await rm(join(folder, 'assets'), { recursive: true });
  expect(await get('/assets/main-1.js')).toMatchObject({ status: 200, body: 'export {};' });
});

test('papers are drawn for this evening only, and as pictures only', async () => {
  const { status, headers, body } = await get(`/papers/${RUN}/3.svg`);
  expect([status, body, headers['content-type']]).toEqual([200, SVG, 'image/svg+xml']);
  expect(headers['content-security-policy']).toBe("default-src 'none'");
  for (const path of [
    `/papers/${RUN}/4.svg`,
    `/papers/${RUN.replace('0', '1')}/3.svg`,
    '/papers/',
  ]) {
    expect((await get(path)).status).toBe(404);
  }
});

test('another name for this address is refused, whoever asks for it; localhost is led to the page', async () => {
  const port = new URL(server.origin).port;
  for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1', `[::1]:${port}`]) {
    expect((await get('/', { host })).status).toBe(421);
  }
  const led = await get('/', { host: `localhost:${port}` });
  expect([led.status, led.headers['location']]).toEqual([308, `${server.origin}/`]);
});

test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('%s is refused', async (method) => {
  expect((await get('/', {}, method)).status).toBe(405);
});

test('a page gets the whole state at first, then the parts that change; all pages get the same', async () => {
  const sockets = [await visit(), await visit()];
  const first = await Promise.all(sockets.map(nextMessage));
  for (const message of first) expect(message).toEqual({ type: 'state', parts: STATE });
  const next = Promise.all(sockets.map(nextMessage));
  tell({ opening: true });
  for (const message of await next)
    expect(message).toEqual({ type: 'state', parts: { opening: true } });
  for (const socket of sockets) socket.terminate();
});

test.each([
  ['another origin', { origin: 'http://evil.example' }, 403],
  ['an origin of another port', { origin: 'http://127.0.0.1:1' }, 403],
  ['no origin', { origin: null }, 403],
  ['no token', { protocols: [STREET_PROTOCOL] }, 403],
  ['a guessed token', { protocols: [STREET_PROTOCOL, 'token.AAAAAAAAAAAAAAAAAAAAAA'] }, 403],
  ['an empty token', { protocols: [STREET_PROTOCOL, 'token.'] }, 403],
  ['another protocol', { protocols: ['kazasu.v1'] }, 400],
  ['another path', { path: '/screen' }, 404],
  ['another host', { headers: { host: 'evil.example' } }, 421],
] as const)('a websocket with %s is refused', async (_name, how, status) => {
  expect(await refusalOf(await visit(how))).toBe(status);
  expect(asked).toEqual([]);
});

test('requests are obeyed, and refused in words', async () => {
  const socket = await visit();
  await nextMessage(socket);
  socket.send(JSON.stringify({ type: 'ask', id: 1, request: { do: 'hold', who: 'sato-hanako' } }));
  expect(await nextMessage(socket)).toEqual({ type: 'done', id: 1, text: 'done' });
  expect(asked).toEqual([{ do: 'hold', who: 'sato-hanako' }]);
  obey = async () => {
    throw new Error('not now');
  };
  socket.send(JSON.stringify({ type: 'ask', id: 2, request: { do: 'remove' } }));
  expect(await nextMessage(socket)).toEqual({ type: 'failed', id: 2, why: 'not now' });
  socket.terminate();
});

test.each([
  ['no JSON', '{'],
  ['JSON of another kind', '[]'],
  ['an unknown request', '{"type":"ask","id":1,"request":{"do":"rm"}}'],
  ['a field that is not known', '{"type":"ask","id":1,"request":{"do":"remove","path":"/"}}'],
  ['a name that is none', '{"type":"ask","id":1,"request":{"do":"hold","who":"../x"}}'],
  ['a frame that is too large', JSON.stringify({ type: 'ask', id: 1, request: 'x'.repeat(5_000) })],
  ['bytes', Buffer.from([0, 1, 2])],
])('%s ends that page alone', async (_name, frame) => {
  const [bad, good] = [await visit(), await visit()];
  bad.on('error', () => {});
  await Promise.all([nextMessage(bad), nextMessage(good)]);
  const closed = once(bad, 'close');
  bad.send(frame);
  await closed;
  expect(asked).toEqual([]);
  const still = nextMessage(good);
  tell({ opening: true });
  expect(await still).toMatchObject({ parts: { opening: true } });
  good.terminate();
});

test('a page that asks without end, and more pages than anybody needs, are let go', async () => {
  obey = () => new Promise(() => {});
  const socket = await visit();
  await nextMessage(socket);
  const closed = once(socket, 'close');
  for (let id = 0; id < 50; id += 1) {
    socket.send(JSON.stringify({ type: 'ask', id, request: { do: 'walk' } }));
  }
  expect((await closed)[0]).toBe(1013);
  const pages = await Promise.all(Array.from({ length: 16 }, () => visit()));
  await Promise.all(pages.map((page) => once(page, 'open')));
  expect(await refusalOf(await visit())).toBe(503);
  for (const page of pages) page.terminate();
});

test('a port that is taken and a page that was not built are told in one line', async () => {
  const port = Number(new URL(server.origin).port);
  const source = { state: () => STATE, watch: () => () => {}, svgOf: () => null, obey };
  const options = { source, port, files: folder, screens: [] };
  await expect(openStreetServer(options)).rejects.toThrow(StreetServerError);
  await expect(openStreetServer(options)).rejects.toThrow(/is taken: --port chooses another$/u);
  const unbuilt = openStreetServer({ ...options, port: 0, files: join(folder, 'nothing') });
  await expect(unbuilt).rejects.toThrow('the page of the street is not built');
});
