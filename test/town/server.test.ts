/** The page's server: who gets in, what everybody else gets, what is logged, and what never leaves it. */

import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { RegisterEntry } from '../../platform-sim/evacuation/residents.ts';
import { SIGNED_OUT, TOWN_PROTOCOL, type ToTownPage } from '../../platform-sim/town/messages.ts';
import type { AlertDraft, TownRequest } from '../../platform-sim/town/requests.ts';
import type { TownServer } from '../../platform-sim/town/server.ts';
import { DOCUMENT, PASSWORD, TownRig } from './town-rig.ts';

const IDLE = { ms: 900_000, warnMs: 60_000 };

let files: string;
let rig: TownRig;
let server: TownServer;
let now: number;
const sockets: WebSocket[] = [];

function entry(number: string, name: string, over: Partial<RegisterEntry> = {}): RegisterEntry {
  const said = { name, kana: 'カナ', born: '1943-05-02', district: 'kawara', address: '川原町 3' };
  const more = { household: number, needs: [], support: '', protected: false, fingerprint: null };
  return { number, ...said, ...more, ...over };
}

const ENTRIES = [
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
async function http(path: string, { method = 'GET', headers = {}, body }: Asked = {}) {
  const { hostname, port, host } = new URL(server.origin);
  const sent = request({ hostname, port, path, method, headers: { host, ...headers } });
  sent.on('error', () => {});
  sent.end(body);
  const [response] = await once(sent, 'response');
  let text = '';
  for await (const piece of response) text += piece;
  return { status: response.statusCode, headers: response.headers, body: text } as Answer;
}

const fromPage = () => ({ origin: server.origin, 'content-type': 'application/json' });

function post(path: string, said: unknown, headers: Record<string, string> = {}) {
  const body = JSON.stringify(said);
  return http(path, { method: 'POST', headers: { ...fromPage(), ...headers }, body });
}

/** The cookie. */
async function signIn(name: string, password = PASSWORD): Promise<string> {
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

async function openPage(cookie: string): Promise<Page> {
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

const DRAFT: AlertDraft = {
  level: 4,
  drill: true,
  districts: ['kawara'],
  what: null,
  hours: 6,
};

const view = (over: object = {}): TownRequest => ({
  do: 'view',
  view: { district: '', search: '', from: 0, count: 20, ...over },
});

async function refusalOf(headers: Record<string, string>, origin?: string): Promise<number> {
  const url = `${server.origin.replace('http', 'ws')}/live`;
  const options = { headers, ...(origin === undefined ? {} : { origin }) };
  const socket = new WebSocket(url, TOWN_PROTOCOL, options);
  sockets.push(socket);
  socket.on('error', () => {});
  const [, response] = await once(socket, 'unexpected-response');
  return response.statusCode;
}

const NAMES = /森川|津田|秘田|太郎/u;
const seenBy = (what: string) => [...rig.log.entries()].filter((entry) => entry.what === what);

test('without a session nothing personal leaves the server, whatever is asked', async () => {
  const answers = await Promise.all([
    http('/'),
    http('/assets/main-1.js'),
    http('/session'),
    http('/map'),
    http('/live'),
    http('/people'),
    http('/../../etc/passwd'),
    post('/csv', { of: 'open', district: '' }),
    post('/sign-out', {}),
    http('/', { method: 'DELETE' }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([
    200, 200, 204, 401, 404, 404, 404, 401, 401, 405,
  ]);
  for (const { body } of answers) expect(body).not.toMatch(NAMES);
  expect(await refusalOf({}, server.origin)).toBe(401);
  expect(await refusalOf({ cookie: 'kazasu-town-1=x' }, server.origin)).toBe(401);
});

test('the page may be framed, scripted and styled by nobody else, and is kept by no cache', async () => {
  const { headers } = await http('/');
  const policy = String(headers['content-security-policy']);
  for (const part of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"]) {
    expect(policy).toContain(part);
  }
  expect(policy).not.toContain('unsafe');
  expect(headers).toMatchObject({
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
});

test('a page of elsewhere gets nowhere, with the cookie or without it', async () => {
  const cookie = await signIn('大西');
  const evil = { origin: 'http://evil.example', cookie };
  expect((await post('/csv', { of: 'open', district: '' }, evil)).status).toBe(403);
  expect((await post('/sign-in', { name: '大西', password: PASSWORD }, evil)).status).toBe(403);
  const form = { cookie, 'content-type': 'text/plain' };
  expect((await post('/csv', { of: 'open', district: '' }, form)).status).toBe(415);
  expect((await http('/session', { headers: { host: 'evil.example', cookie } })).status).toBe(421);
  expect(await refusalOf({ cookie }, 'http://evil.example')).toBe(403);
  expect(await refusalOf({ cookie })).toBe(403);
  expect(await refusalOf({ cookie, host: 'evil.example' }, server.origin)).toBe(421);
});

test('the cookie is for this server alone, and no script reads it', async () => {
  const { headers } = await post('/sign-in', { name: '大西', password: PASSWORD });
  const [cookie = ''] = headers['set-cookie'] ?? [];
  const { port } = new URL(server.origin);
  expect(cookie).toMatch(
    new RegExp(`^kazasu-town-${port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`, 'u'),
  );
});

test('what is too large or no JSON is refused before anything is done with it', async () => {
  const large = 'x'.repeat(10_000);
  const body = JSON.stringify({ name: large, password: large });
  expect((await http('/sign-in', { method: 'POST', headers: fromPage(), body })).status).toBe(413);
  const notJson = { method: 'POST', headers: fromPage(), body: '{"name":' };
  expect((await http('/sign-in', notJson)).status).toBe(400);
  expect((await post('/sign-in', { name: 'a', password: 'b', role: 'operator' })).status).toBe(400);
  const cookie = await signIn('大西');
  for (const bad of ['not json', '{"type":"ask"}', 'x'.repeat(20_000)]) {
    const page = await openPage(cookie);
    page.socket.on('error', () => {});
    page.socket.send(bad);
    const [code] = await once(page.socket, 'close');
    expect([1008, 1009]).toContain(code);
  }
});

test('after five wrong passwords the name is closed for a while, longer each time; nobody learns which names there are', async () => {
  const wrong = () => post('/sign-in', { name: '大西', password: 'wrong' });
  for (let times = 0; times < 5; times += 1) expect((await wrong()).status).toBe(401);
  const closed = await post('/sign-in', { name: '大西', password: PASSWORD });
  expect([closed.status, closed.headers['retry-after']]).toEqual([429, '30']);
  now += 31_000;
  for (let times = 0; times < 5; times += 1) expect((await wrong()).status).toBe(401);
  expect((await wrong()).headers['retry-after']).toBe('60');
  now += 61_000;
  await signIn('大西');
  expect((await wrong()).status).toBe(401);
  expect((await post('/sign-in', { name: 'だれか', password: PASSWORD })).status).toBe(401);
  // A password in the wrong field stands in no log.
  expect(seenBy('refused').map(({ clerk }) => clerk)).toEqual([...Array(11).fill('大西'), '']);
});

test('whoever does nothing is warned and then signed out; who does something stays', async () => {
  const cookie = await signIn('大西');
  const page = await openPage(cookie);
  now += IDLE.ms - IDLE.warnMs + 1;
  await expect.poll(() => page.heard.some(({ type }) => type === 'idle')).toBe(true);
  await page.ask({ do: 'stay' });
  now += IDLE.ms - 1;
  expect((await http('/session', { headers: { cookie } })).status).toBe(200);
  const closing = once(page.socket, 'close');
  now += 1;
  expect((await closing)[0]).toBe(SIGNED_OUT);
  expect((await http('/session', { headers: { cookie } })).status).toBe(204);
});

test('who signs out, or is taken out, sees nothing more in any window', async () => {
  const cookie = await signIn('大西');
  const page = await openPage(cookie);
  const closing = once(page.socket, 'close');
  expect((await post('/sign-out', {}, { cookie })).status).toBe(204);
  expect((await closing)[0]).toBe(SIGNED_OUT);
  const other = await openPage(await signIn('佐野'));
  const taken = once(other.socket, 'close');
  rig.clerks.remove('佐野');
  expect((await taken)[0]).toBe(SIGNED_OUT);
});

test('who may only look changes nothing; an operator does, and a role that changes counts at once', async () => {
  const { ref } = rig.resident('森川 ハツ');
  const viewer = await openPage(await signIn('見習'));
  const asked: TownRequest[] = [
    { do: 'assign', ref, who: '消防 2' },
    { do: 'propose', draft: DRAFT },
    { do: 'consent', id: 'alert-1', document: DOCUMENT },
    { do: 'withdraw', id: 'alert-1' },
    { do: 'end', alert: 'alert-1', why: 'all-clear' },
  ];
  for (const each of asked) {
    expect(await viewer.ask(each)).toMatchObject({
      type: 'failed',
      why: '操作の権限がありません。',
    });
  }
  expect(rig.desk.alerts).toEqual([]);
  await rig.clerks.put({ name: '見習', role: 'operator' }, PASSWORD);
  expect(await viewer.ask({ do: 'assign', ref, who: '消防 2' })).toMatchObject({ type: 'done' });
  await viewer.ask(view());
  await expect.poll(() => JSON.stringify(viewer.heard)).toContain('消防 2');
});

test('an alert goes out by two people, and never by the same one twice', async () => {
  const [first, second] = [
    await openPage(await signIn('大西')),
    await openPage(await signIn('佐野')),
  ];
  await first.ask({ do: 'propose', draft: DRAFT });
  const id = rig.desk.alerts[0]?.id ?? '';
  const consent = { do: 'consent', id, document: DOCUMENT } as const;
  expect(await first.ask(consent)).toMatchObject({ type: 'failed' });
  const other = { ...consent, document: 'e'.repeat(64) };
  expect(await second.ask(other)).toMatchObject({ type: 'failed' });
  expect(await second.ask(consent)).toMatchObject({ type: 'done' });
  await expect.poll(() => JSON.stringify(first.heard)).toContain('"state":"active"');
  expect(seenBy('alert').map(({ clerk }) => clerk)).toEqual(['大西', '大西', '佐野', '佐野']);
});

test('the list is told in its order, changes within a second, and each person who was seen is in the log first', async () => {
  const page = await openPage(await signIn('見習'));
  await page.ask(view());
  await expect
    .poll(() => page.rows())
    .toEqual(['森川 ハツ', '秘田 守', '津田 シゲ', '森川 実', '=cmd 太郎']);
  const [listed] = seenBy('list');
  expect(listed).toMatchObject({ clerk: '見習', detail: { total: 5 } });
  expect(listed?.detail['refs']).toHaveLength(5);
  const { ref } = rig.resident('森川 実');
  const begun = performance.now();
  rig.tell('stb-1', 'alert.answered', { alert: 'A', ref, answer: 'help' }, now);
  await expect.poll(() => page.rows()[0], { interval: 10 }).toBe('森川 実');
  expect(performance.now() - begun).toBeLessThan(4_000);
  const shelter = 'civic-hall';
  rig.tell('reader-1', 'shelter.arrived', { shelter, ref }, now + 1);
  await expect.poll(() => page.rows()).not.toContain('森川 実');
  expect(page.heard.map(({ n }) => n)).toEqual(page.heard.map((_, at) => at + 1));
  // What was told again was only what had changed.
  const last = page.heard.findLast(({ type }) => type === 'rows');
  expect(last).toMatchObject({ rows: [], total: 4 });
  // Nobody is logged twice for one view.
  expect(seenBy('list')).toHaveLength(1);
});

test('looking for somebody finds them as people type; the log says that somebody searched, and not for what', async () => {
  const page = await openPage(await signIn('見習'));
  for (const [search, found] of [
    ['つだ', ['津田 シゲ']],
    ['ﾂﾀﾞｼｹﾞ', ['津田 シゲ']],
    ['港町', ['津田 シゲ']],
    ['足が痛い', ['森川 ハツ']],
    ['浜町', []],
    ['透析', []],
    ['秘田', ['秘田 守']],
  ] as const) {
    await page.ask(view({ search }));
    await expect.poll(() => page.heard.at(-1)).toMatchObject({ type: 'rows', view: { search } });
    expect(page.rows()).toEqual(found);
  }
  await page.ask(view({ district: 'hama' }));
  await expect.poll(() => page.heard.at(-1)).toMatchObject({ type: 'rows', total: 0 });
  const log = JSON.stringify([...rig.log.entries()]);
  expect(log).toContain('"isSearch":true');
  expect(log).not.toMatch(/つだ|津田|ﾂﾀﾞ/u);
});

test('whose whereabouts nobody is told is counted, and shown without a place: in the list, beside it, and in every table', async () => {
  const { ref } = rig.resident('秘田 守');
  rig.tell('reader-1', 'shelter.arrived', { shelter: 'civic-hall', ref }, now);
  rig.tell('stb-1', 'alert.answered', { alert: 'A', ref, answer: 'help' }, now + 1);
  const cookie = await signIn('大西');
  const page = await openPage(cookie);
  await page.ask(view());
  await expect.poll(() => rig.town.standings.stateOf(ref).standing).toBe('help');
  await expect.poll(() => page.rows()[0]).toBe('秘田 守');
  const answer = await page.ask({ do: 'person', ref });
  expect(answer).toMatchObject({
    answer: { person: { standing: 'help', address: null, support: '', stays: [], household: [] } },
  });
  const { body } = await post('/csv', { of: 'open', district: '' }, { cookie });
  expect(body).toContain('助けが必要,秘田 守,80,非公開,');
  const told = JSON.stringify(page.heard) + body;
  expect(told).not.toMatch(/浜町 9|透析/u);
  expect(JSON.stringify(answer)).not.toMatch(/civic-hall|市民会館/u);
  expect(rig.town.shared.counts).toMatchObject({ all: 5, help: 1 });
});

test('a person is shown with what was told of them and who they live with; each look is in the log', async () => {
  const { ref } = rig.resident('森川 ハツ');
  rig.tell('stb-1', 'alert.seen', { alert: 'A', refs: [ref] }, now);
  rig.tell('reader-1', 'shelter.arrived', { shelter: 'civic-hall', ref }, now + 1);
  rig.tell('reader-1', 'shelter.went-out', { shelter: 'civic-hall', ref }, now + 2);
  const page = await openPage(await signIn('見習'));
  await expect.poll(() => rig.town.standings.stateOf(ref).standing).toBe('safe');
  const answer = await page.ask({ do: 'person', ref });
  expect(answer).toMatchObject({
    answer: {
      person: {
        ...{ standing: 'safe', kana: 'カナ', age: 83 },
        stays: [{ shelter: '汐見市民会館', since: now + 1, out: true }],
        household: [{ name: '森川 実', standing: 'unknown' }],
        course: [
          { event: 'alert.seen', shelter: null },
          { event: 'shelter.arrived', shelter: '汐見市民会館' },
          { event: 'shelter.went-out' },
        ],
      },
    },
  });
  expect(seenBy('person')).toMatchObject([{ clerk: '見習', detail: { ref } }]);
  expect([...rig.log.entries({ ref })].map(({ what }) => what)).toEqual(['person']);
  const nobody = await page.ask({ do: 'person', ref: 'f'.repeat(32) });
  expect(nobody).toMatchObject({ type: 'failed' });
});

test('tables open in a spreadsheet as they are meant, and no name is a formula', async () => {
  const cookie = await signIn('大西');
  const open = await post('/csv', { of: 'open', district: '' }, { cookie });
  expect(open.body.startsWith('\ufeff状況,氏名,年齢,')).toBe(true);
  expect(open.body).toContain("返事なし,'=cmd 太郎,26,");
  expect(seenBy('csv')[0]?.detail['refs']).toHaveLength(5);
  const shelters = await post('/csv', { of: 'shelters' }, { cookie });
  expect(shelters.headers['content-type']).toBe('text/csv; charset=utf-8');
  const [header, first] = shelters.body.replace('\ufeff', '').split('\r\n');
  expect(header?.split(',').slice(0, 4)).toEqual([
    '全国地方公共団体コード',
    'ID',
    '名称',
    '名称_カナ',
  ]);
  expect(first).toContain('990029,shiomi-elementary,汐見小学校,しおみしょうがっこう,');
  expect(first).toContain('避難者0人（2026-11-21 17:00現在）');
});

test('a shelter that is not heard any more says since when', async () => {
  const shelter = 'civic-hall';
  rig.tell('reader-1', 'shelter.arrived', { shelter, mark: 'm' }, now - 60_000);
  rig.contacts.tell(new Set(['reader-1']), now);
  const page = await openPage(await signIn('見習'));
  const contact = () => {
    const states = page.heard.filter((message) => message.type === 'state');
    const told = states.findLast(({ parts }) => parts.shelters !== undefined)?.parts.shelters;
    return told?.find(({ id }) => id === shelter)?.contact;
  };
  await expect.poll(contact).toEqual({ linked: true, at: null });
  now += 1_000;
  rig.contacts.tell(new Set(), now);
  await expect.poll(contact).toEqual({ linked: false, at: now });
  // The process that serves terminals has died: what it said last counts no more.
  rig.contacts.tell(new Set(['reader-1']), now);
  await expect.poll(contact).toEqual({ linked: true, at: null });
  const aliveAt = now;
  now += 10_000;
  await expect.poll(contact).toEqual({ linked: false, at: aliveAt });
});

test('a register that is brought in anew is shown at once, and so is another day', async () => {
  const page = await openPage(await signIn('見習'));
  await page.ask(view());
  await expect.poll(() => page.rows()).toHaveLength(5);
  rig.residents.replace([...ENTRIES, entry('6', '新井 新')]);
  await expect.poll(() => page.rows()).toHaveLength(6);
});
