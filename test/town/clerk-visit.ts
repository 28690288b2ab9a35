/** A clerk's browser, by hand: nothing of the page's own code is between a test and the server. */

import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import { WebSocket } from 'ws';
import type { RegisterEntry } from '../../platform-sim/evacuation/residents.ts';
import { TOWN_PROTOCOL, type ToTownPage } from '../../platform-sim/town/messages.ts';
import type { AlertDraft, TownRequest } from '../../platform-sim/town/requests.ts';
import type { TownServer } from '../../platform-sim/town/server.ts';
import { PASSWORD, TownRig } from './town-rig.ts';

export const IDLE = { ms: 900_000, warnMs: 60_000 };

let files: string;
export let rig: TownRig;
export let server: TownServer;
/** ms since the epoch, as everything there has it. */
export let now: number;

export function pass(ms: number): void {
  now += ms;
}

const sockets: WebSocket[] = [];

export function entry(
  number: string,
  name: string,
  over: Partial<RegisterEntry> = {},
): RegisterEntry {
  const said = { name, kana: 'カナ', born: '1943-05-02', district: 'kawara', address: '川原町 3' };
  const more = { household: number, needs: [], support: '', protected: false, fingerprint: null };
  return { number, ...said, ...more, ...over };
}

export const ENTRIES = [
  entry('1', '森川 ハツ', { support: '足が痛い', household: 'S' }),
  entry('2', '森川 実', { born: '1990-01-01', household: 'S' }),
  entry('3', '津田 シゲ', {
    born: '1948-01-01',
    district: 'minato',
    address: '港町 1',
    kana: 'ツダ シゲ',
  }),
  entry('4', '秘田 守', {
    born: '1946-01-01',
    protected: true,
    support: '透析',
    district: 'hama',
    address: '浜町 9',
  }),
  entry('5', '=cmd 太郎', { born: '2000-01-01' }),
];

beforeEach(async () => {
  files = await mkdtemp(join(tmpdir(), 'kazasu-town-page-'));
  for (const part of ['town', 'assets']) await mkdir(join(files, part));
  await writeFile(join(files, 'town', 'index.html'), '<!doctype html><title>town</title>');
  await writeFile(join(files, 'assets', 'main-1.js'), 'export {};');
  now = Date.parse('2026-11-21T08:00:00Z');
  rig = await TownRig.open({ files, entries: ENTRIES, now: () => now, idle: IDLE });
  server = await rig.serve();
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await rig.close();
  await rm(files, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

interface Asked {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** With any Host and any Origin: `fetch` would tidy both. */
export async function http(path: string, { method = 'GET', headers = {}, body }: Asked = {}) {
  const { hostname, port, host } = new URL(server.origin);
  const sent = request({ hostname, port, path, method, headers: { host, ...headers } });
  sent.on('error', () => {});
  sent.end(body);
  const [response] = await once(sent, 'response');
  let text = '';
  for await (const piece of response) text += piece;
  return { status: response.statusCode, headers: response.headers, body: text } as Answer;
}

export const fromPage = () => ({ origin: server.origin, 'content-type': 'application/json' });

export function post(path: string, said: unknown, headers: Record<string, string> = {}) {
  const body = JSON.stringify(said);
  return http(path, { method: 'POST', headers: { ...fromPage(), ...headers }, body });
}

/** The cookie. */
export async function signIn(name: string, password = PASSWORD): Promise<string> {
  const { status, headers } = await post('/sign-in', { name, password });
  expect(status).toBe(200);
  const [cookie] = headers['set-cookie'] ?? [];
  return cookie?.split(';')[0] ?? '';
}

interface Page {
  readonly socket: WebSocket;
  readonly heard: ToTownPage[];
  ask(request: TownRequest): Promise<Extract<ToTownPage, { id: number }>>;
  rows(): string[];
}

export async function openPage(cookie: string): Promise<Page> {
  const url = `${server.origin.replace('http', 'ws')}/live`;
  const socket = new WebSocket(url, TOWN_PROTOCOL, { origin: server.origin, headers: { cookie } });
  sockets.push(socket);
  const heard: ToTownPage[] = [];
  socket.on('message', (data) => heard.push(JSON.parse(String(data))));
  await once(socket, 'open');
  let id = 0;
  return {
    socket,
    heard,
    async ask(asked) {
      id += 1;
      const own = id;
      socket.send(JSON.stringify({ type: 'ask', id: own, request: asked }));
      const isAnswer = (message: ToTownPage) => 'id' in message && message.id === own;
      await expect.poll(() => heard.some(isAnswer)).toBe(true);
      return heard.find(isAnswer) as Extract<ToTownPage, { id: number }>;
    },
    rows() {
      const names = new Map<string, string>();
      let order: readonly string[] = [];
      for (const message of heard) {
        if (message.type !== 'rows') continue;
        for (const { ref, name } of message.rows) names.set(ref, name);
        order = message.order;
      }
      return order.map((ref) => names.get(ref) ?? '?');
    },
  };
}

export const DRAFT: AlertDraft = {
  level: 4,
  drill: true,
  districts: ['kawara'],
  what: null,
  hours: 6,
};

export const view = (over: object = {}): TownRequest => ({
  do: 'view',
  view: { district: '', search: '', from: 0, count: 20, ...over },
});

export async function refusalOf(headers: Record<string, string>, origin?: string): Promise<number> {
  const url = `${server.origin.replace('http', 'ws')}/live`;
  const options = { headers, ...(origin === undefined ? {} : { origin }) };
  const socket = new WebSocket(url, TOWN_PROTOCOL, options);
  sockets.push(socket);
  socket.on('error', () => {});
  const [, response] = await once(socket, 'unexpected-response');
  return response.statusCode;
}

export const NAMES = /森川|津田|秘田|太郎/u;
export const seenBy = (what: string) =>
  [...rig.log.entries()].filter((entry) => entry.what === what);
