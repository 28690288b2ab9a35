/**
 * A list that is kept from a terminal. Whoever holds the wire can keep the newest version back, but can't make the one
 * that is held look fresh: only a new signed statement does, and the old ones can be said again without effect.
 */

import { expect, test } from 'vitest';
import { ageOfList, listRefusal } from '../../src/domain/entry-list.ts';
import { FakePlatform, iso } from './fake-platform.ts';
import { LIST, TestTerminal, tempFolder } from './fixtures.ts';
import { confirmed, withVersion2 } from './version-2.ts';

const HOUR_MS = 3_600_000;

function inHours({ shelf }: TestTerminal, hours: number) {
  const active = shelf.active(LIST);
  if (active === null) throw new Error('no list is active');
  const { manifest, confirmedAt } = active;
  const now = Date.parse(iso(0)) + hours * HOUR_MS;
  return {
    age: ageOfList(manifest.staleness, confirmedAt, now),
    refusal: listRefusal(
      // Valid for longer: it is the age that counts here.
      {
        ...manifest,
        validTo: iso(1_000 * HOUR_MS),
        staleness: { ...manifest.staleness, whenTooOld: 'refuse' },
      },
      confirmedAt,
      now,
    ),
  };
}

test('a list that is withheld for a day is old, after three it is too old, whatever is said again', async () => {
  const { platform, terminal, published } = await withVersion2();
  const at = iso(0);
  const last = await platform.frameOf({ ...published.head, at });
  platform.send(last);
  await confirmed(terminal, at);
  for (let round = 0; round < 3; round += 1) platform.send(last);
  // What came after them has been dealt with, so they have.
  await platform.sendHead({ ...published.head, version: 1 });
  await terminal.until('list.rejected', { reason: 'older-version' });
  expect(inHours(terminal, 0)).toEqual({ age: 'fresh', refusal: null });
  expect(inHours(terminal, 25)).toEqual({ age: 'old', refusal: null });
  expect(inHours(terminal, 73)).toEqual({ age: 'too-old', refusal: 'list-expired' });
});

test('a head whose list never comes does not make the old list look fresh', async () => {
  const { platform, terminal, published } = await withVersion2();
  const at = iso(0);
  await platform.sendHead({ ...published.head, at });
  await confirmed(terminal, at);
  const next = await platform.publish(3);
  platform.objects.clear();
  await platform.sendHead({ ...next.head, at: iso(HOUR_MS), expires: iso(2 * HOUR_MS) });
  await terminal.until('list.rejected', { version: 3, reason: 'not-found' });
  expect(terminal.shelf.active(LIST)).toMatchObject({ confirmedAt: Date.parse(at) });
});

test('a statement of the active version from before does not take its age back', async () => {
  const { platform, terminal, published } = await withVersion2();
  const at = iso(0);
  await platform.sendHead({ ...published.head, at });
  await confirmed(terminal, at);
  await platform.sendHead({ ...published.head, at: iso(-HOUR_MS) });
  await platform.sendHead({ ...published.head, version: 1 });
  await terminal.until('list.rejected', { reason: 'older-version' });
  expect(terminal.shelf.active(LIST)?.confirmedAt).toBe(Date.parse(at));
});

test('a clock of 1970 takes no list that is over, and knows how old one is', async () => {
  const begun = performance.now();
  const since = (): number => performance.now() - begun;
  const terminal = new TestTerminal(tempFolder(), { wall: since, mono: () => 60_000 + since() });
  const platform = await FakePlatform.start();
  await terminal.connect(platform.url);
  const over = await platform.publish(1, { validTo: iso(-HOUR_MS) });
  await platform.sendHead(over.head);
  await terminal.until('list.rejected', { version: 1, reason: 'expired' });
  const last = await platform.publish(2);
  await platform.sendHead({ ...last.head, at: iso(-2 * HOUR_MS), expires: iso(-HOUR_MS) });
  await terminal.until('list.rejected', { version: 2, reason: 'expired' });
  await platform.sendHead(last.head);
  await terminal.until('list.activated', { version: 2 });
  const { manifest, confirmedAt } = terminal.shelf.active(LIST) ?? {};
  expect(confirmedAt).toBe(Date.parse(last.head.at));
  const age = ageOfList(
    manifest?.staleness ?? { oldAfterHours: 0, tooOldAfterHours: 0, whenTooOld: 'refuse' },
    confirmedAt ?? 0,
    terminal.clock.now(),
  );
  expect(age).toBe('fresh');
});
