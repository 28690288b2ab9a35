/** Who may act as staff at the gate's own screen, and how a stay there ends. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SCREENS } from '../../src/domain/screen.ts';
import { tempFolder } from '../store/fixtures.ts';
import { PIN, pass, StaffRig } from './staff-rig.ts';

const TICKET = '0042-7781';

describe('who is there', () => {
  test("an attendant's card leads straight to the menu, and the journal says who came and went", async () => {
    const rig = await StaffRig.open();
    expect(await rig.begin('森')).toEqual({
      screen: 'staff-menu',
      by: '森',
      errands: ['entry', 'undo', 'papers', 'health'],
      owed: 0,
      notWell: 0,
    });
    expect(rig.journal.all.at(-1)).toMatchObject({ event: 'staff.opened', by: '森', how: 'card' });
    await rig.press('back');
    expect(rig.end).toEqual({ by: '森', why: 'left', error: null });
    expect(rig.journal.all.at(-1)).toMatchObject({ event: 'staff.closed', by: '森', why: 'left' });
  });

  test('the right PIN opens the menu, digit by digit, and back leaves before it', async () => {
    const rig = await StaffRig.open();
    const asked = { screen: 'staff-pin', digits: 0, result: 'ask', waitSeconds: 0 };
    expect(await rig.begin(null)).toEqual(asked);
    expect(await rig.type('83')).toEqual({ ...asked, digits: 2 });
    expect(await rig.press('erase')).toEqual({ ...asked, digits: 1 });
    await rig.type(PIN.slice(1));
    expect(await rig.press('enter')).toMatchObject({ screen: 'staff-menu', by: 'PIN' });
    expect(rig.journal.all.at(-1)).toMatchObject({ event: 'staff.opened', by: 'PIN', how: 'pin' });
    await rig.begin(null);
    await rig.press('back');
    expect(rig.end).toEqual({ by: null, why: 'left', error: null });
  });

  test('too few digits are no try, and more than twelve are not taken', async () => {
    const rig = await StaffRig.open();
    await rig.begin(null);
    await rig.type('123');
    expect(await rig.press('enter')).toMatchObject({ result: 'ask', digits: 0 });
    expect(await rig.type('1234567890123')).toMatchObject({ digits: 12 });
    expect(rig.journal.count({ event: 'staff.pin-wrong' })).toBe(0);
  });

  test('what is no digit, as a hostile browser may send it, is no part of a PIN', async () => {
    const rig = await StaffRig.open();
    await rig.begin(null);
    expect(await rig.type('A-9')).toMatchObject({ digits: 1 });
  });

  test('a wrong PIN is said, and the next digit begins anew', async () => {
    const rig = await StaffRig.open();
    await rig.begin(null);
    await rig.type('00000');
    expect(await rig.press('enter')).toMatchObject({ result: 'wrong', digits: 0 });
    expect(await rig.type('8')).toMatchObject({ digits: 1 });
    expect(rig.journal.all.at(-1)).toMatchObject({ event: 'staff.pin-wrong', tries: 1 });
  });

  test('after five wrong ones it is locked: counted down, also for the right one, and then open again', async () => {
    let mono = 1_000;
    const rig = await StaffRig.open({ mono: () => mono });
    await rig.begin(null);
    for (let tries = 1; tries <= 5; tries += 1) {
      await rig.type('00000');
      await rig.press('enter');
    }
    expect(rig.screen).toMatchObject({ result: 'locked', waitSeconds: 30 });
    expect(rig.keys).toEqual(['back']);
    expect(rig.journal.all.at(-1)).toMatchObject({ event: 'staff.pin-locked', seconds: 30 });
    pass(rig.clock, 12);
    mono += 12_000;
    expect(rig.screen).toMatchObject({ result: 'locked', waitSeconds: 18 });
    await rig.press('back');
    expect(await rig.begin(null)).toMatchObject({ result: 'locked', waitSeconds: 18 });
    pass(rig.clock, 18);
    mono += 18_000;
    expect(rig.screen).toMatchObject({ screen: 'staff-pin', waitSeconds: 0, digits: 0 });
    await rig.type(PIN);
    expect(await rig.press('enter')).toMatchObject({ screen: 'staff-menu' });
  });

  test('a wait that is longer than anybody stands there is not shown for all of it', async () => {
    const rig = await StaffRig.open();
    rig.ledger.set('staff-pin-tries', '12');
    const later = await StaffRig.open({ ledger: rig.ledger });
    expect(await later.begin(null)).toMatchObject({ result: 'locked', waitSeconds: 900 });
    pass(later.clock, 60);
    await later.settled();
    expect(later.end).toMatchObject({ by: null, why: 'idle' });
  });

  test('without a PIN in the configuration none is right', async () => {
    const rig = await StaffRig.open({ pin: null });
    await rig.begin(null);
    await rig.type('0000');
    expect(await rig.press('enter')).toMatchObject({ result: 'wrong' });
  });

  test('no digit of a PIN is in an event, a context, the journal, a fact or any file of the state folder', async () => {
    const state = tempFolder();
    const rig = await StaffRig.open({ state });
    await rig.begin(null);
    await rig.type('424242424242');
    await rig.press('enter');
    await rig.type(PIN);
    await rig.press('enter');
    await rig.press('back');
    const inspected = rig.inspected.join('\n');
    expect(inspected).toContain('key.character');
    expect(inspected).not.toContain('"character"');
    const files = readdirSync(state, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name)).toString('latin1'));
    const journal = rig.journal.all.map((line) => JSON.stringify(line)).join('\n');
    for (const text of [inspected, journal, ...files]) {
      expect(text).not.toContain(PIN);
      expect(text).not.toContain('42424242');
    }
  });
});

describe('nobody is there any more', () => {
  test('in the middle of a number: a warning counts down, `stay` returns to what was typed', async () => {
    const rig = await StaffRig.open();
    await rig.begin('森');
    await rig.choose('entry');
    pass(rig.clock, 59);
    await rig.type('00');
    pass(rig.clock, 59);
    expect(rig.screen).toMatchObject({ screen: 'staff-ticket', typed: '00' });
    pass(rig.clock, 1);
    expect(rig.screen).toEqual({ screen: 'staff-leaving', seconds: 20 });
    expect(rig.meta).toMatchObject({ voice: 'staff-leaving', keys: ['stay'] });
    pass(rig.clock, 5);
    expect(rig.screen).toEqual({ screen: 'staff-leaving', seconds: 15 });
    expect(await rig.press('stay')).toMatchObject({ screen: 'staff-ticket', typed: '00' });
    pass(rig.clock, 60 + 20);
    await rig.settled();
    expect(rig.end).toMatchObject({ by: '森', why: 'idle' });
    expect(rig.journal.all.at(-1)).toMatchObject({ event: 'staff.closed', why: 'idle' });
  });

  test('in the middle of a PIN: its digits are gone when they return', async () => {
    const rig = await StaffRig.open();
    await rig.begin(null);
    await rig.type(PIN.slice(0, 3));
    pass(rig.clock, 60);
    expect(rig.screen).toMatchObject({ screen: 'staff-leaving' });
    expect(await rig.press('stay')).toMatchObject({ screen: 'staff-pin', digits: 0 });
    await rig.type(PIN.slice(-3));
    expect(await rig.press('enter')).toMatchObject({ result: 'ask' });
  });

  test('a key after the end reaches nobody', async () => {
    const rig = await StaffRig.open();
    await rig.begin('森');
    await rig.press('back');
    expect(rig.send({ key: 'enter' })).toBe(false);
    expect(rig.actor.getSnapshot().status).toBe('done');
    expect(rig.screen).toEqual({ screen: 'staff-leaving', seconds: 0 });
  });
});

describe('the end, from outside and from inside', () => {
  test.each(['session.cancel', 'terminal.stop'] as const)(
    '%s ends it wherever it is',
    async (type) => {
      const rig = await StaffRig.open();
      for (const go of [
        () => rig.type('83'),
        () => rig.type(PIN).then(() => rig.press('enter')),
        () =>
          rig
            .type(PIN)
            .then(() => rig.press('enter'))
            .then(() => rig.ask('entry', TICKET)),
      ]) {
        await rig.begin(null);
        await go();
        rig.actor.send({ type });
        await rig.settled();
        expect(rig.end).toMatchObject({ why: 'stopped' });
      }
    },
  );

  test('an effect that fails ends the stay with its error', async () => {
    const rig = await StaffRig.open({ checks: () => Promise.reject(new Error('seeded')) });
    await rig.begin('森');
    expect(rig.end).toMatchObject({ why: 'failed', error: new Error('seeded') });
  });

  test('an effect that never answers ends the stay after a while', async () => {
    const rig = await StaffRig.open({ checks: () => new Promise(() => {}) });
    const began = rig.begin('森');
    pass(rig.clock, 15);
    await began;
    expect(rig.end).toMatchObject({ why: 'too-slow' });
  });
});

test('every state of a stay has a screen of the contract, and names its keys', async () => {
  const rig = await StaffRig.open();
  const names: ReadonlySet<string> = new Set(SCREENS);
  await rig.begin(null);
  const seen = new Set<string>();
  rig.actor.subscribe(() => seen.add(rig.screen.screen));
  await rig.type(PIN);
  await rig.press('enter');
  await rig.ask('entry', TICKET);
  await rig.press('enter');
  expect([...seen].filter((name) => !names.has(name))).toEqual([]);
});
