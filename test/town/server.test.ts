/** The page's server under attack: who gets in, and what everybody else gets. */

import { once } from 'node:events';
import { expect, test } from 'vitest';
import { SIGNED_OUT } from '../../platform-sim/town/messages.ts';
import {
  fromPage,
  http,
  IDLE,
  NAMES,
  openPage,
  pass,
  post,
  refusalOf,
  rig,
  seenBy,
  server,
  signIn,
} from './clerk-visit.ts';
import { PASSWORD } from './town-rig.ts';

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
  pass(31_000);
  for (let times = 0; times < 5; times += 1) expect((await wrong()).status).toBe(401);
  expect((await wrong()).headers['retry-after']).toBe('60');
  pass(61_000);
  await signIn('大西');
  expect((await wrong()).status).toBe(401);
  expect((await post('/sign-in', { name: 'だれか', password: PASSWORD })).status).toBe(401);
  // A password in the wrong field stands in no log.
  expect(seenBy('refused').map(({ clerk }) => clerk)).toEqual([...Array(11).fill('大西'), '']);
});

test('whoever does nothing is warned and then signed out; who does something stays', async () => {
  const cookie = await signIn('大西');
  const page = await openPage(cookie);
  pass(IDLE.ms - IDLE.warnMs + 1);
  await expect.poll(() => page.heard.some(({ type }) => type === 'idle')).toBe(true);
  await page.ask({ do: 'stay' });
  pass(IDLE.ms - 1);
  expect((await http('/session', { headers: { cookie } })).status).toBe(200);
  const closing = once(page.socket, 'close');
  pass(1);
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
