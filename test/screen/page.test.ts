/** What the screen's server serves, and to whom. */

import { expect, test } from 'vitest';
import { openUiServer } from '../../src/screen/ui-server.ts';
import { FakeSource, serve } from './fake-source.ts';
import { get, tokenOf } from './test-browser.ts';

test('every page has a token of its own', async () => {
  const { origin } = await serve();
  const tokens = new Set<string>();
  for (let page = 0; page < 20; page += 1) tokens.add(await tokenOf(origin));
  expect(tokens.size).toBe(20);
  for (const token of tokens) expect(token).toMatch(/^[\w-]{22}$/u);
});

test('the page may do nothing but run its own scripts and speak to its own server', async () => {
  const { origin } = await serve();
  const { headers } = await get(`${origin}/`);
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  });
  expect(String(headers['content-security-policy']).split('; ')).toEqual([
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "media-src 'self'",
    `connect-src 'self' ${origin.replace('http', 'ws')}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ]);
});

test('only the page of the configured origin may frame the screen', async () => {
  const { origin } = await serve({ embed: 'http://127.0.0.1:8400' });
  const { headers } = await get(`${origin}/`);
  expect(headers['content-security-policy']).toContain('frame-ancestors http://127.0.0.1:8400;');
});

test('a file with a hash in its name is kept for good, with the same limits on what it may do', async () => {
  const { origin } = await serve();
  const { status, headers, text } = await get(`${origin}/assets/terminal-0a1b2c3d.js`);
  expect({ status, text }).toEqual({ status: 200, text: 'export {};' });
  expect(headers['cache-control']).toContain('immutable');
  expect(headers['content-security-policy']).toContain("default-src 'none'");
});

test.each([
  '/terminal/',
  '/terminal/index.html',
  '/street/index.html',
  '/nothing',
  '/..%2f..%2fetc/passwd',
  '/assets/../../package.json',
  '/voice/ja/nothing',
  '/voice/xx/waiting',
  '/voice/ja/waiting/more',
  '/voice/ja/toString',
  '/voice/ja/waiting',
])('%s is not there', async (path) => {
  const { origin } = await serve();
  expect(await get(`${origin}${path}`)).toMatchObject({ status: 404, text: '' });
});

test('whoever asks under another name gets nothing, so that no name can be rebound to this machine', async () => {
  const { origin, journal } = await serve();
  const { port } = new URL(origin);
  for (const host of [`evil.example:${port}`, 'evil.example', `localhost:${port}`]) {
    expect(await get(`${origin}/`, { host })).toMatchObject({ status: 421, text: '' });
  }
  expect(journal.count({ event: 'screen.refused', reason: 'foreign-host' })).toBe(3);
});

test('the picture, the script or the link of a foreign page gets no token', async () => {
  const { origin } = await serve();
  const site = (dest: string, from: string) =>
    get(`${origin}/`, { 'sec-fetch-dest': dest, 'sec-fetch-site': from });
  expect(await site('image', 'cross-site')).toMatchObject({ status: 403, text: '' });
  expect(await site('image', 'same-site')).toMatchObject({ status: 403, text: '' });
  expect(await site('document', 'cross-site')).toMatchObject({ status: 403, text: '' });
  expect(await site('document', 'none')).toMatchObject({ status: 200 });
  expect(await site('iframe', 'same-site')).toMatchObject({ status: 200 });
});

test('nothing can be written', async () => {
  const { origin } = await serve();
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    expect(await get(`${origin}/`, {}, method)).toMatchObject({ status: 405 });
  }
});

test('a clip is served to the page alone, for the words of the catalogue', async () => {
  const asked: string[] = [];
  const { origin } = await serve({
    speech: async (language, speech) => {
      asked.push(`${language}/${speech}`);
      return { type: 'audio/wav', bytes: Buffer.from('RIFF') };
    },
  });
  const own = { 'sec-fetch-site': 'same-origin' };
  expect(await get(`${origin}/voice/en/welcome`, own)).toMatchObject({
    status: 200,
    text: 'RIFF',
    headers: { 'content-type': 'audio/wav' },
  });
  expect((await get(`${origin}/voice/ja-simple/not-on-list`, own)).status).toBe(200);
  const foreign = { 'sec-fetch-site': 'cross-site' };
  expect((await get(`${origin}/voice/en/welcome`, foreign)).status).toBe(403);
  expect(asked).toEqual(['en/welcome', 'ja-simple/not-on-list']);
});

test('a port that is taken and a page that was not built are said, and can be tried again', async () => {
  const { origin } = await serve();
  const port = Number(new URL(origin).port);
  await expect(serve({ port })).rejects.toThrow('EADDRINUSE');
  const options = { source: new FakeSource(), port: 0, embed: null, note: () => {} };
  const open = openUiServer({ ...options, files: '/nowhere', speech: async () => null });
  await expect(open).rejects.toThrow('is not built');
});
