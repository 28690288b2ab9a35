/** Ten lists at one terminal, all of them changing together, over a platform that does not serve each as it should. */

import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { encodeChunk } from '../../src/link/protocol.ts';
import { row } from './deltas.ts';
import { FakePlatform, type Published } from './fake-platform.ts';
import { TestTerminal } from './fixtures.ts';

const NAMES = Array.from({ length: 10 }, (_, n) => `list-${n}`);
const CHUNKS = 6;
const ROWS = CHUNKS * 2;

async function connected(state?: string) {
  const platform = await FakePlatform.start();
  const terminal = new TestTerminal(state);
  terminal.lists = NAMES;
  await terminal.connect(platform.url);
  return { platform, terminal };
}

/** Chunks that no other list has. */
function publish(platform: FakePlatform, number: number): Promise<Published> {
  const chunks = Array.from({ length: CHUNKS }, (_, n) =>
    encodeChunk([row(2 * n, number), row(2 * n + 1, number)]),
  );
  const list = NAMES[number] ?? '';
  return platform.publish(1, { list, rows: ROWS }, chunks);
}

function publishAll(platform: FakePlatform): Promise<Published[]> {
  return Promise.all(NAMES.map((_, number) => publish(platform, number)));
}

async function send(platform: FakePlatform, published: readonly Published[]): Promise<void> {
  for (const { head } of published) await platform.sendHead(head);
}

async function activated(terminal: TestTerminal, lists: readonly string[]): Promise<void> {
  for (const list of lists) await terminal.until('list.activated', { list });
}

/** By object, which list it is of. */
function owners(published: readonly Published[]): ReadonlyMap<string, string> {
  return new Map(
    published.flatMap(({ manifest, object }) =>
      [object, ...manifest.chunks].map((sha256) => [sha256, manifest.list] as const),
    ),
  );
}

/** Answers by octets that never end; over with the test. */
function drip(response: ServerResponse): void {
  response.writeHead(200);
  const timer = setInterval(() => response.write('x'), 50);
  response.once('close', () => clearInterval(timer));
  onTestFinished(() => void response.destroy());
}

test('ten lists that change together come down side by side, over four connections, and each for itself', async () => {
  const { platform, terminal } = await connected();
  const first = await publishAll(platform);
  const owner = owners(first);
  const order: string[] = [];
  let [now, most] = [0, 0];
  const allKnown = send(platform, [
    ...first,
    { head: { ...first[0]?.head, list: 'nobody' } } as Published,
  ]).then(() => terminal.until('list.rejected', { list: 'nobody' }));
  platform.onObject = (sha256, response) => {
    order.push(owner.get(sha256) ?? '');
    now += 1;
    most = Math.max(most, now);
    response.once('close', () => {
      now -= 1;
    });
    // The race begins when the last of them is known.
    void allKnown.then(() => response.end(platform.objects.get(sha256)));
    return true;
  };
  await activated(terminal, NAMES);
  expect(most).toBeLessThanOrEqual(4);
  const before = NAMES.map((list) => order.lastIndexOf(list)).sort((a, b) => a - b)[0] ?? 0;
  expect(new Set(order.slice(0, before))).toEqual(new Set(NAMES));
});

test('a list whose objects drip for ever holds up none of the others', async () => {
  const { platform, terminal } = await connected();
  const [broken, ...others] = [
    await publish(platform, 0),
    await publish(platform, 1),
    await publish(platform, 2),
  ];
  const mine = new Set(broken.manifest.chunks);
  let dripping = 0;
  platform.onObject = (sha256, response) => {
    if (!mine.has(sha256)) return false;
    dripping += 1;
    drip(response);
    return true;
  };
  await platform.sendHead(broken.head);
  await expect.poll(() => dripping, { timeout: 20_000 }).toBe(3);
  await send(platform, others);
  await activated(terminal, NAMES.slice(1, 3));
  expect(terminal.shelf.active(NAMES[0] ?? '')).toBeNull();
});

test('a list that is refused takes nothing from another that is still to be fetched', async () => {
  const { platform, terminal } = await connected();
  const [waits, refused, well] = [
    await publish(platform, 0),
    await publish(platform, 1),
    await publish(platform, 2),
  ];
  const last = waits.manifest.chunks.at(-1) ?? '';
  const bytes = platform.objects.get(last) ?? Buffer.alloc(0);
  platform.objects.delete(last);
  await platform.sendHead(waits.head);
  await terminal.until('list.rejected', { list: NAMES[0], reason: 'not-found' });
  const lie = await platform.publish(1, { list: NAMES[1] ?? '', rows: ROWS + 1 }, [
    ...refused.manifest.chunks.map((sha256) => platform.objects.get(sha256) ?? Buffer.alloc(0)),
  ]);
  await platform.sendHead(lie.head);
  await terminal.until('list.rejected', { list: NAMES[1], reason: 'malformed' });
  await platform.sendHead(well.head);
  await terminal.until('list.activated', { list: NAMES[2] });
  platform.requests.length = 0;
  platform.objects.set(last, bytes);
  await terminal.until('list.activated', { list: NAMES[0] });
  const again = platform.requests.filter((sha256) => waits.manifest.chunks.includes(sha256));
  expect(new Set(again)).toEqual(new Set([last]));
  expect(readdirSync(join(terminal.state, 'chunks', NAMES[1] ?? ''))).toEqual([]);
});

test('chunks of lists that are not wanted any more are gone with the next link, and what is no folder', async () => {
  const { platform, terminal } = await connected();
  const [list = ''] = NAMES;
  await send(platform, [await publish(platform, 0)]);
  await terminal.until('list.activated', { list });
  const chunks = join(terminal.state, 'chunks');
  writeFileSync(join(chunks, 'a'.repeat(64)), 'of an earlier version of this software');
  terminal.lists = NAMES.slice(1);
  await terminal.connect(platform.url);
  await send(platform, [await publish(platform, 1)]);
  await terminal.until('list.activated', { list: NAMES[1] });
  expect(readdirSync(chunks)).toEqual([NAMES[1]]);
});

test('a terminal that was killed in the middle of a download fetches only what it does not have', async () => {
  const { platform, terminal } = await connected();
  const [one, other] = [await publish(platform, 0), await publish(platform, 1)];
  const last = one.manifest.chunks.at(-1) ?? '';
  const bytes = platform.objects.get(last) ?? Buffer.alloc(0);
  platform.objects.delete(last);
  await platform.sendHead(one.head);
  await terminal.until('list.rejected', { list: NAMES[0] });
  const held = readdirSync(join(terminal.state, 'chunks', NAMES[0] ?? '')).filter(
    (name) => !name.endsWith('.part'),
  );
  expect(held.length).toBeGreaterThan(0);
  platform.cut();
  terminal.end();

  // As a kill and a power cut leave it: a chunk half written, one whose bytes never reached the medium.
  const folder = join(terminal.state, 'chunks', NAMES[0] ?? '');
  writeFileSync(join(folder, `${last}.part`), bytes.subarray(0, 10));
  const [lost = ''] = held;
  writeFileSync(join(folder, lost), '');
  const again = new TestTerminal(terminal.state);
  again.lists = NAMES;
  await again.connect(platform.url);
  platform.objects.set(last, bytes);
  platform.requests.length = 0;
  await send(platform, [other, one]);
  await activated(again, NAMES.slice(0, 2));
  const missing = one.manifest.chunks.filter((sha256) => !held.includes(sha256) || sha256 === lost);
  expect(new Set(platform.requests)).toEqual(
    new Set([one.object, ...missing, other.object, ...other.manifest.chunks]),
  );
  await expect
    .poll(() => readdirSync(folder).sort(), { timeout: 20_000 })
    .toEqual([...one.manifest.chunks].sort());
  rmSync(folder, { recursive: true });
});
