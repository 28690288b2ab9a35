/** Which of several versions is fetched and taken, in whatever order and how fast they are announced. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Head } from '../../src/link/protocol.ts';
import { iso } from './fake-platform.ts';
import { LIST } from './fixtures.ts';
import { withVersion2 } from './version-2.ts';

/** While the object of `during` is asked for, `head` comes in; resolves what the platform does then. */
function comesDuring(
  { platform, terminal }: Awaited<ReturnType<typeof withVersion2>>,
  during: string,
  heads: readonly Head[],
): void {
  const others = platform.onObject;
  let isSaid = false;
  platform.onObject = (sha256, response) => {
    if (sha256 !== during || isSaid) return others(sha256, response);
    isSaid = true;
    void (async () => {
      for (const head of heads) await platform.sendHead(head);
      // Answered only when the terminal has had them: it has dealt with a head that came after them.
      await platform.sendHead({ ...heads[0], list: 'nobody' } as Head);
      await terminal.until('list.rejected', { list: 'nobody' });
      response.end(platform.objects.get(sha256));
    })();
    return true;
  };
}

test('of versions that appear while another is being fetched the newest wins, and nothing of the others stays', async () => {
  const begun = await withVersion2();
  const { platform, terminal } = begun;
  const [third, fourth, fifth] = [
    await platform.publish(3),
    await platform.publish(4),
    await platform.publish(5),
  ];
  comesDuring(begun, third.manifest.chunks[0] ?? '', [fourth.head, fifth.head]);
  await platform.sendHead(third.head);
  await terminal.until('list.activated', { version: 5 });
  expect(terminal.of('list.activated').map(({ version }) => version)).toEqual([5]);
  expect(terminal.of('list.outdated')).toEqual([{ list: LIST, version: 3 }]);
  expect(platform.requests).not.toContain(fourth.object);
  await expect
    .poll(() => readdirSync(join(terminal.state, 'chunks', LIST)).sort(), { timeout: 20_000 })
    .toEqual([...fifth.manifest.chunks].sort());
  expect(readdirSync(terminal.listDirectory).filter((name) => /\.[34]\./u.test(name))).toEqual([]);
});

test('versions that follow each other faster than they come down do not keep the list from changing', async () => {
  const begun = await withVersion2();
  const { platform, terminal } = begun;
  const [third, fourth, fifth] = [
    await platform.publish(3),
    await platform.publish(4),
    await platform.publish(5),
  ];
  comesDuring(begun, fourth.manifest.chunks[0] ?? '', [fifth.head]);
  comesDuring(begun, third.manifest.chunks[0] ?? '', [fourth.head]);
  await platform.sendHead(third.head);
  await terminal.until('list.activated', { version: 5 });
  // 3 was given up for 4; so 4 is not given up for 5.
  expect(terminal.of('list.activated').map(({ version }) => version)).toEqual([4, 5]);
});

test('a head of an older version does not take the place of a newer one that is to be tried again', async () => {
  const { platform, terminal } = await withVersion2();
  const third = await platform.publish(3);
  const fourth = await platform.publish(4);
  const [chunk = ''] = fourth.manifest.chunks;
  const bytes = platform.objects.get(chunk) ?? Buffer.alloc(0);
  platform.objects.delete(chunk);
  await platform.sendHead(fourth.head);
  await terminal.until('list.rejected', { version: 4, reason: 'not-found' });
  await platform.sendHead(third.head);
  await platform.sendHead({ ...third.head, list: 'nobody' });
  await terminal.until('list.rejected', { list: 'nobody' });
  platform.objects.set(chunk, bytes);
  await terminal.until('list.activated', { version: 4 });
});

test('a version that is signed wrongly is fetched once, and its next is taken', async () => {
  const { platform, terminal, open, link } = await withVersion2();
  const { head, object } = await platform.publish(3, { rows: 99 });
  await platform.sendHead(head);
  await terminal.until('list.rejected', { version: 3, reason: 'malformed' });
  // The platform says so again every few minutes, and with every new link.
  await platform.sendHead({ ...head, at: iso(0) });
  await link.close();
  await open();
  await platform.sendHead({ ...head, at: iso(0) });
  await platform.sendHead((await platform.publish(4)).head);
  await terminal.until('list.activated', { version: 4 });
  expect(platform.requests.filter((sha256) => sha256 === object)).toHaveLength(1);
  expect(terminal.of('list.rejected')).toHaveLength(1);
});
