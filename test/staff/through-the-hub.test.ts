/** The staff's desk as the terminal's machine invokes it and the screen's hub shows it, with numbered screens and keys. */

import { expect, onTestFinished, test, vi } from 'vitest';
import { createActor, fromCallback, fromPromise } from 'xstate';
import type { Key, Screen } from '../../src/domain/screen.ts';
import { ScreenHub } from '../../src/screen/screen-hub.ts';
import type { Service } from '../../src/services/service.ts';
import { terminalMachine } from '../../state-machines/terminal.ts';
import type { TerminalEvent } from '../../state-machines/terminal-setup.ts';
import { PIN, StaffRig } from './staff-rig.ts';

const PATIENCE_MS = 20_000;

/** A gate whose attendants work at its screen; no card is held. */
async function gate() {
  const rig = await StaffRig.open();
  const inspected: string[] = [];
  const frames: Screen[] = [];
  const machine = terminalMachine.provide({
    actors: {
      recover: fromPromise(async () => {}),
      watchConditions: fromCallback<TerminalEvent>(({ sendBack }) =>
        sendBack({ type: 'conditions.changed', obstacles: [] }),
      ),
      awaitCard: fromCallback<TerminalEvent>(() => {}),
      staff: rig.desk.machine,
    },
  });
  const actor = createActor(machine, {
    id: 'terminal',
    input: { hasStaff: rig.desk.takesPin, hasErrands: false, sound: 'normal' },
    inspect: (event) => inspected.push(JSON.stringify('event' in event ? event.event : event.type)),
  });
  const service = {
    place: () => ({ title: '春の音楽祭', startsAt: null, gate: '西ゲート', list: null }),
    shown: () => null,
    forget: () => {},
  } as unknown as Service;
  const hub = new ScreenHub({
    actor,
    service,
    staff: rig.desk,
    isOffline: () => false,
    speaks: false,
    look: { profile: 'small', reader: 'down' },
    ways: () => ({ information: null, otherGate: null }),
    remote: null,
  });
  hub.watch((screen) => frames.push(screen));
  actor.start();
  onTestFinished(() => {
    actor.stop();
  });
  const until = (wanted: Partial<Screen>) =>
    vi.waitFor(() => expect(hub.current).toMatchObject(wanted), { timeout: PATIENCE_MS });
  return {
    rig,
    hub,
    frames,
    inspected,
    until,
    press: (key: Key) => hub.press(hub.current.number, key),
  };
}

test('staff key, PIN, a ticket number, done: screens follow keys, and no digit is in any frame or event', async () => {
  const { rig, hub, frames, inspected, until, press } = await gate();
  await until({ screen: 'waiting' });
  expect(press({ key: 'staff' })).toBe('taken');
  await until({ screen: 'staff-pin', keys: ['character', 'erase', 'enter', 'back'] });
  const { number } = hub.current;
  for (const character of PIN)
    expect(hub.press(number, { key: 'character', character })).toBe('taken');
  await until({ screen: 'staff-pin', digits: PIN.length });
  press({ key: 'enter' });
  await until({ screen: 'staff-menu', by: 'PIN', keys: ['choose', 'back'] });
  press({ key: 'choose', choice: 'entry' });
  await until({ screen: 'staff-ticket', typed: '' });
  for (const character of '42') press({ key: 'character', character });
  await until({ screen: 'staff-ticket', typed: '42' });
  press({ key: 'enter' });
  await until({ screen: 'staff-confirm', ticket: '42', keys: ['enter', 'back'] });

  // A finger that trembles: the second press was meant for a screen that is gone.
  const confirm = hub.current.number;
  expect(hub.press(confirm, { key: 'enter' })).toBe('taken');
  expect(hub.press(confirm, { key: 'enter' })).not.toBe('taken');
  await until({ screen: 'staff-done', result: 'entered', subject: '42' });
  expect(hub.press(confirm, { key: 'enter' })).toBe('stale-screen');
  expect(rig.facts('entry.granted')).toHaveLength(1);

  press({ key: 'back' });
  await until({ screen: 'staff-menu', keys: ['choose', 'back'] });
  press({ key: 'back' });
  await until({ screen: 'waiting' });
  expect(inspected.join()).toContain('key.character');
  expect(inspected.join()).not.toContain(`"character":"${PIN[0]}"`);
  expect(JSON.stringify(frames)).not.toContain(PIN);
});

test('whoever leaves without a PIN leaves the gate as it was', async () => {
  const { rig, until, press } = await gate();
  await until({ screen: 'waiting' });
  press({ key: 'staff' });
  await until({ screen: 'staff-pin' });
  press({ key: 'character', character: PIN.charAt(0) });
  press({ key: 'back' });
  await until({ screen: 'waiting' });
  press({ key: 'staff' });
  await until({ screen: 'staff-pin', digits: 0 });
  expect(rig.journal.count({ event: 'staff.opened' })).toBe(0);
});
