/** The age check at a whole counter: who is told what, what is asked of whom, and that nothing of anybody stays. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isSoOld } from '../../platform-sim/centre/calendar.ts';
import { ageCheck } from '../../platform-sim/services/age-check.ts';
import type { OtherSides } from '../../platform-sim/services/index.ts';
import { testAuthority, testInstitution } from '../devices/institution-fixture.ts';
import { withTerminal } from '../terminal.ts';
import { atTheCounter, CONFIGURED, checked, cloneOf } from './counter.ts';

const AUTHORITY = testAuthority();
const INSTITUTION = testInstitution(AUTHORITY);

/** Until it is let go, questions wait; what comes then is what the platform says. */
function slowOtherSide() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const began = Promise.withResolvers<void>();
  let isFirst = true;
  const otherSides: OtherSides = {
    'age-check': async (question, world) => {
      const answer = ageCheck(question, world);
      began.resolve();
      if (isFirst) {
        isFirst = false;
        await promise;
      }
      return answer;
    },
  };
  return { otherSides, began: began.promise, letGo: resolve };
}

describe('what can go wrong', () => {
  test('without a platform it is closed, says so to whoever tries, and opens when it is back', () =>
    atTheCounter(async (world, old) => {
      await world.stopPlatform();
      await world.screen({ screen: 'closed', reason: 'platform-offline' });
      const refused = {
        event: 'service.refused',
        service: 'age-check',
        reason: 'platform-offline',
      };
      expect(await world.tap(old.card)).toMatchObject(refused);
      const closed = world.journal.all.length;
      await world.startPlatform();
      await world.journal.next({ event: 'terminal.in-service' }, closed);
      expect(await world.tap(old.card)).toMatchObject(checked('over'));
    }));

  test('without authorities it is closed, no card is refused for what it is, and it opens when they come', () =>
    withTerminal({ kind: 'counter', configured: CONFIGURED }, async (world) => {
      const old = await world.cards.card();
      await world.register([[old, '1980-01-01']]);
      await world.journal.next({ event: 'terminal.out-of-service', reason: 'trust-missing' });
      const refused = { event: 'service.refused', reason: 'trust-missing' };
      expect(await world.tap(old.card)).toMatchObject(refused);
      const closed = world.journal.all.length;
      await world.publishTrust();
      await world.journal.next({ event: 'terminal.in-service' }, closed);
      expect(await world.tap(old.card)).toMatchObject(checked('over'));
    }));

  test('the card is pulled while the platform is asked: nothing is told to the next person, and the late answer is dropped', async () => {
    const { otherSides, began, letGo } = slowOtherSide();
    await atTheCounter(
      async (world, old, young) => {
        await world.hold(old.card);
        await began;
        await world.screen({ screen: 'asking' });
        await world.remove();
        await world.screen({ screen: 'again', reason: 'card-removed' });
        await world.hold(young.card);
        const told = await world.screen({ screen: 'result' });
        expect(told).toMatchObject({ told: { text: 'age-check.under' } });
        letGo();
        await world.journal.next({ event: 'answer.dropped', service: 'age-check', reason: 'late' });
        await world.screen({
          screen: 'result',
          told: { text: 'age-check.under', given: { age: 20 } },
        });
        const facts = world.journal.all.filter(({ event }) => event === 'age.checked');
        expect(facts).toEqual([expect.objectContaining({ result: 'under' })]);
        expect(world.screens.some(({ screen }) => screen === 'welcome')).toBe(false);
      },
      { otherSides },
    );
  });

  test.each([
    ['throws', () => Promise.reject(new Error('seeded'))],
    ['answers with another form', () => ({ over: true })],
    ['answers with more than was asked', () => ({ standing: 'valid', over: true, name: '佐藤' })],
  ])('an other side that %s: refused, and no fact', async (_, otherSide) => {
    await atTheCounter(
      async (world, old) => {
        const refused = { event: 'service.refused', reason: 'platform-refused' };
        expect(await world.tap(old.card)).toMatchObject(refused);
        expect(world.journal.all.map(({ event }) => event)).not.toContain('age.checked');
      },
      { otherSides: { 'age-check': otherSide } },
    );
  });

  test('a platform that does not know the service refuses', () =>
    atTheCounter(
      async (world, old) => {
        const refused = { reason: 'platform-refused', detail: 'unknown-service' };
        expect(await world.tap(old.card)).toMatchObject(refused);
      },
      { otherSides: {} },
    ));

  test('a card that is pulled while it is read is to be held again, and nobody is asked', () =>
    atTheCounter(async (world, old) => {
      const pulled = await world.tap({ ...old.card, faults: { removedAfter: 3 } });
      expect(pulled).toMatchObject({ event: 'card.unreadable', reason: 'card-removed' });
      expect(world.platform.stores.register.answered('age-check')).toBe(0);
    }));

  test('certificates that are expired or revoked are refused before anybody is asked', () =>
    atTheCounter(async (world, old) => {
      const day = 86_400_000;
      const expired = await world.cards.card({
        notBefore: new Date(Date.now() - 9 * day),
        notAfter: new Date(Date.now() - day),
      });
      expect(await world.tap(expired.card)).toMatchObject({ reason: 'certificate-expired' });
      await world.activateTrust([old]);
      expect(await world.tap(old.card)).toMatchObject({ reason: 'certificate-revoked' });
      expect(world.platform.stores.register.answered('age-check')).toBe(0);
    }));

  test('what the terminal cannot see any more, the platform says: not valid', () =>
    atTheCounter(
      async (world, old) => {
        expect(await world.tap(old.card)).toMatchObject(checked('invalid'));
      },
      { otherSides: { 'age-check': () => ({ standing: 'invalid', over: null }) } },
    ));

  test('a yes without a valid certificate is none', () =>
    atTheCounter(
      async (world, old) => {
        expect(await world.tap(old.card)).toMatchObject(checked('unknown'));
      },
      { otherSides: { 'age-check': () => ({ standing: 'unknown', over: true }) } },
    ));

  test('a certificate whose holder is in no register is not so old', () =>
    atTheCounter(async (world) => {
      const nobody = await world.cards.card();
      expect(await world.tap(nobody.card)).toMatchObject(checked('unknown'));
      const { card } = await world.cards.card();
      await world.hold(card);
      await world.screen({
        screen: 'result',
        ring: 'problem',
        told: { text: 'age-check.unknown', given: { age: 20 } },
      });
    }));
});

describe('what is said', () => {
  test('old enough: the ring closes, and it says what was asked and no more', () =>
    atTheCounter(async (world, old) => {
      const purpose = { service: 'age-check', age: 20, pin: false } as const;
      await world.screen({ screen: 'waiting', purpose });
      await world.hold(old.card);
      const told = await world.screen({ screen: 'result', ring: 'done' });
      expect(told).toMatchObject({
        told: { text: 'age-check.over', given: { age: 20 } },
        tone: 'done',
        keys: [],
      });
      expect(await world.journal.next({ event: 'age.checked' })).toMatchObject(checked('over'));
      await world.remove();
      await world.screen({ screen: 'result', tone: null });
    }));

  test('one after the other, each is told their own', () =>
    atTheCounter(async (world, old, young) => {
      expect(await world.tap(old.card)).toMatchObject(checked('over'));
      expect(await world.tap(young.card)).toMatchObject(checked('under'));
      expect(await world.tap(old.card)).toMatchObject(checked('over'));
      expect(world.platform.stores.register.answered('age-check')).toBe(3);
    }));

  test.each([
    ['2006-11-20', '2026-11-20T00:00:00+09:00', true],
    ['2006-11-20', '2026-11-19T23:59:59+09:00', false],
    ['2008-02-29', '2028-02-29T12:00:00+09:00', true],
    ['2007-03-01', '2027-02-28T12:00:00+09:00', false],
    ['2004-02-29', '2025-02-28T23:00:00+09:00', true],
  ])('born %s, at %s: 20 or older is %s', (born, at, over) => {
    expect(isSoOld(born, 20, Date.parse(at))).toBe(over);
  });
});

describe('a terminal with an institution key', () => {
  test('shows the platform the signature of the card, and the fact says so', () =>
    atTheCounter(
      async (world, old) => {
        const proving = { ...old.card, authorityKey: AUTHORITY.file.toString('base64') };
        expect(await world.tap(proving)).toMatchObject(checked('over', 'possession'));
        expect(await world.tap(old.card)).toMatchObject(checked('over', 'identified'));
      },
      { institution: INSTITUTION },
    ));

  test('refuses a clone where the key is asked for, and serves nobody before it has one', () => {
    const configured = `${CONFIGURED}assurance = "possession"\n`;
    return withTerminal({ kind: 'counter', configured, trusted: true }, async (world) => {
      const old = await world.cards.card();
      await world.register([[old, '1980-01-01']]);
      const missing = { event: 'terminal.out-of-service', reason: 'assurance-out-of-reach' };
      await world.journal.next(missing);
      const closed = world.journal.all.length;
      await world.addInstitution(INSTITUTION);
      await world.journal.next({ event: 'terminal.in-service' }, closed);
      const proving = { ...old.card, authorityKey: AUTHORITY.file.toString('base64') };
      expect(await world.tap(await cloneOf(proving))).toMatchObject({
        event: 'service.refused',
        reason: 'possession-not-proved',
        assurance: 'identified',
      });
      expect(await world.tap(proving)).toMatchObject(checked('over', 'possession'));
    });
  });
});

test('nothing of the person is kept: not at the terminal, not at the platform', () =>
  atTheCounter(async (world, old, young) => {
    await world.tap(old.card);
    await world.tap(young.card);
    await world.stop();
    await world.stopPlatform();
    const { der, serial } = old;
    const end = der.subarray(-80, -40);
    const secrets = [serial, end, Buffer.from(der.toString('base64').slice(-120, -60))];
    const kept = await filesBelow(world.directory);
    const given = [...kept].find(([path]) => path.endsWith('holder-0.der'));
    expect(given?.[1].includes(end)).toBe(true);
    const stateFolders = [world.config.state, join(world.directory, 'platform')];
    const written = [...kept].filter(([path]) => stateFolders.some((of) => path.startsWith(of)));
    expect(written.length).toBeGreaterThan(5);
    const found = written.filter(([, bytes]) => secrets.some((secret) => bytes.includes(secret)));
    expect(found.map(([path]) => path)).toEqual([]);
    const facts = world.journal.all.filter(({ event }) => event === 'age.checked');
    for (const fact of facts) {
      const { ms: _, ...said } = fact;
      expect(Object.keys(said).sort()).toEqual([
        'age',
        'assurance',
        'at',
        'event',
        'modelled',
        'result',
        'seq',
      ]);
    }
  }));

async function filesBelow(folder: string): Promise<Map<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const read = files.map(async ({ parentPath, name }) => {
    const path = join(parentPath, name);
    return [path, await readFile(path)] as const;
  });
  return new Map(await Promise.all(read));
}
