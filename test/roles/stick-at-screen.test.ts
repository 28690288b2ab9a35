/** An order that comes by stick, at the terminal's own screen: shown in words, and taken by somebody who signed in. */

import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { putOrder } from '../../platform-sim/transfer/stick.ts';
import { Conditions } from '../../src/conditions.ts';
import { Roles } from '../../src/roles.ts';
import { acceptStick } from '../../src/stick-commands.ts';
import type { StickOrderParts } from '../../src/stick-orders.ts';
import { DiskFullError } from '../../src/store/ledger.ts';
import { TerminalStick } from '../../src/terminal-stick.ts';
import { StickWatch } from '../../src/transfer/stick-watch.ts';
import { iso } from '../link/fake-platform.ts';
import { TERMINAL } from '../link/fixtures.ts';
import { PIN, StaffRig } from '../staff/staff-rig.ts';
import { newPlatform, newShelter } from '../transfer/rig.ts';
import { stickWith, terminal } from './stick-rig.ts';

/** The staff's screen of a terminal with this stick in it. */
async function atScreen(mount: string, brings = true) {
  const made = await terminal();
  const { met, config } = made;
  const { ledger, clock } = met;
  const conditions = new Conditions();
  const disk = { isFull: false };
  const rig = await StaffRig.open({
    ledger,
    stick: (recorder) => {
      const filling: typeof parts.recorder = {
        ledger,
        note: (...noted) => recorder.note(...noted),
        record: (...recorded) => {
          if (disk.isFull) throw new DiskFullError('full');
          return recorder.record(...recorded);
        },
      };
      const roles = new Roles(config, { ledger, clock, recorder: filling }, conditions);
      const parts: StickOrderParts = {
        ...{ terminal: TERMINAL, ledger, clock, recorder: filling, roles },
      };
      const none = { judge: () => expect.fail('no list'), take: () => expect.fail('no list') };
      return new TerminalStick({ ...parts, mount, brings: () => brings, brought: none, lists: [] });
    },
  });
  return { ...made, rig, disk };
}

const nothing = (why: string) => ({ screen: 'staff-stick', shown: { is: 'nothing', why } });

test('whoever signed in sees in the menu that a stick brings something, and what; accepted, it is done in their name', async () => {
  const { stick, file } = stickWith(null);
  const { rig, order, role, facts } = await atScreen(stick);
  putOrder(stick, TERMINAL, await order());
  await rig.begin(null);
  await rig.type(PIN);
  expect(await rig.press('enter')).toMatchObject({
    errands: ['entry', 'undo', 'papers', 'stick', 'health'],
  });
  expect(await rig.choose('stick')).toEqual({
    screen: 'staff-stick',
    shown: {
      is: 'brings',
      order: { does: 'take-role', name: '汐見小学校 避難所', until: expect.any(String) },
      list: null,
    },
  });
  expect(facts()).toEqual([]);
  // Pulled now, or another one in its place: what was shown is what is taken.
  rmSync(dirname(file), { recursive: true });
  expect(await rig.choose('accept')).toMatchObject({ result: 'stick-order-taken' });
  expect(facts()).toMatchObject([
    {
      event: 'role.taken',
      body: { shelter: 'shiomi-elementary', how: 'stick', by: 'PIN', why: 'staff-screen' },
    },
    { event: 'command.done', body: { does: 'take-role' } },
  ]);
  expect(role()).toMatchObject({ shelter: 'shiomi-elementary' });
});

test('nothing is done by looking, by going back, by another choice, or where no stick is', async () => {
  const { stick } = stickWith(null);
  const { rig, order, facts } = await atScreen(stick);
  putOrder(stick, TERMINAL, await order());
  await rig.begin('山田');
  await rig.choose('stick');
  for (const choice of ['', 'stick', 'yes']) {
    expect(await rig.choose(choice)).toMatchObject({ screen: 'staff-stick' });
  }
  expect(await rig.press('back')).toMatchObject({ screen: 'staff-menu' });
  await rig.press('back');
  expect(rig.end).toMatchObject({ why: 'left' });
  expect(facts()).toEqual([]);
  const without = await atScreen(stick, false);
  expect(await without.rig.begin('山田')).toMatchObject({
    errands: ['entry', 'undo', 'papers', 'health'],
  });
  expect(await without.rig.choose('stick')).toMatchObject({ screen: 'staff-menu' });
});

test.each<[string, string, object]>([
  ['for another terminal', 'other-terminal', { says: { to: ['gate-2'] } }],
  ['that has expired', 'expired', { says: { expires: iso(-1) } }],
  ['to end what was never begun', 'no-role', { says: { do: { name: 'end-role' } } }],
  ['to restart', 'unknown-command', { says: { do: { name: 'restart' } } }],
  ['of another key', 'no-order', { kind: 'head' }],
])('an order %s can not be accepted, and it is said why: %s', async (_what, why, ordered) => {
  const { stick } = stickWith(null);
  const { rig, order, facts, role } = await atScreen(stick);
  putOrder(stick, TERMINAL, await order(ordered));
  await rig.begin('山田');
  expect(await rig.choose('stick')).toEqual(nothing(why));
  expect(await rig.choose('accept')).toEqual(nothing(why));
  expect(role()).toBeNull();
  expect(facts()).toEqual([]);
});

test('somebody at a keyboard who was faster is not overtaken, and an order is taken once', async () => {
  const { stick } = stickWith(null);
  const { rig, order, config, facts } = await atScreen(stick);
  putOrder(stick, TERMINAL, await order());
  await rig.begin('山田');
  await rig.choose('stick');
  await acceptStick(config, stick, { by: '森', why: '回線がない' });
  expect(await rig.choose('accept')).toEqual(nothing('repeated'));
  await rig.press('back');
  expect(await rig.choose('stick')).toEqual(nothing('repeated'));
  expect(facts().filter(({ event }) => event === 'role.taken')).toMatchObject([
    { body: { by: '森' } },
  ]);
});

test('a newer order that was taken meanwhile stays, and the older one is refused on record', async () => {
  const { stick } = stickWith(null);
  const { rig, order, config, facts, role } = await atScreen(stick);
  putOrder(stick, TERMINAL, await order());
  await rig.begin('山田');
  await rig.choose('stick');
  const newer = stickWith(await order({ says: { number: 8 } }));
  await acceptStick(config, newer.stick, { by: '森', why: '回線がない' });
  const before = role();
  expect(await rig.choose('accept')).toEqual(nothing('older-number'));
  expect(role()).toEqual(before);
  expect(facts().at(-1)).toMatchObject({
    event: 'command.refused',
    body: { number: 7, reason: 'older-number' },
  });
});

test('on a full disk nothing has changed, and it can be taken once there is room', async () => {
  const { stick } = stickWith(null);
  const { rig, order, facts, role, disk } = await atScreen(stick);
  putOrder(stick, TERMINAL, await order());
  await rig.begin('山田');
  await rig.choose('stick');
  disk.isFull = true;
  expect(await rig.choose('accept')).toEqual(nothing('disk-full'));
  expect(role()).toBeNull();
  expect(facts()).toEqual([]);
  disk.isFull = false;
  await rig.press('back');
  await rig.choose('stick');
  expect(await rig.choose('accept')).toMatchObject({ result: 'stick-order-taken' });
});

test('a stick is in the menu from when it is put in until it is pulled, and one for others never', async () => {
  const { stick, file } = stickWith(Buffer.from('order'));
  const { parts } = await newShelter(await newPlatform(), 0, TERMINAL);
  let mounted: string | null = null;
  let looks = 0;
  const watch = new StickWatch({
    ...parts,
    mount: stick,
    recorder: { note() {} },
    onPut: async () => {},
    onDefect: (error) => expect.fail(String(error)),
    lookEveryMs: 1,
    mountedAt: async () => {
      looks += 1;
      return mounted;
    },
  });
  onTestFinished(() => watch.stop());
  watch.start();
  await expect.poll(() => looks).toBeGreaterThan(2);
  expect(watch.brings).toBe(false);
  mounted = 'here';
  await expect.poll(() => watch.brings).toBe(true);
  rmSync(dirname(file), { recursive: true });
  await expect.poll(() => watch.brings).toBe(false);
});
