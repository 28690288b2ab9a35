/** A whole kiosk: who opens its menu, what staff clears there, and that nothing of anybody's is on their screens. */

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { OtherSides } from '../../platform-sim/services/index.ts';
import { stopKiosk } from '../../src/certificate-order/stop.ts';
import type { Screen } from '../../src/domain/screen.ts';
import { Journal } from '../../src/journal.ts';
import { CERTIFICATE_SERVICES, OWN_TOPOLOGY } from '../../src/link/certificate-protocol.ts';
import { Recorder } from '../../src/recorder.ts';
import { clearStoppedKiosk } from '../../src/staff/kiosk-commands.ts';
import { openLedger } from '../../src/state-folder.ts';
import type { TestCard } from '../cards.ts';
import { testAuthority, testInstitution } from '../devices/institution-fixture.ts';
import { type World, withTerminal } from '../terminal.ts';
import { linePin, PIN } from './staff-rig.ts';

const AUTHORITY = testAuthority();
const INSTITUTION = testInstitution(AUTHORITY);
const REQUEST = '4f2a90c1-7d63-4a0e-9b51-2c8e6f1d0a37';
const OTHER_SIDES: OtherSides = {
  'certificate-municipalities': () => ({ topology: OWN_TOPOLOGY, municipalities: [] }),
  'certificate-offers': () => ({ offers: [] }),
  [CERTIFICATE_SERVICES.status]: () => ({ state: 'none' }),
};

/** A kiosk that was stopped in an earlier run, whose staff is 森 with a card, and whoever knows the PIN. */
function stoppedKiosk(story: (world: World, attendant: TestCard) => Promise<void>): Promise<void> {
  const trusted = { kind: 'kiosk', trusted: true, institution: INSTITUTION } as const;
  return withTerminal({ ...trusted, otherSides: OTHER_SIDES }, async (world) => {
    const attendant = await world.cards.card();
    const card = createHash('sha256').update(attendant.der).digest('hex');
    await world.stop();
    const pin = await linePin();
    Object.assign(world.config, { staff: { pin, attendant: [{ name: '森', card }] } });
    const { ledger, clock } = openLedger(world.config, { countsAsBoot: false });
    const journal = new Journal(world.config.state, null);
    stopKiosk(new Recorder(ledger, journal, Date.now), REQUEST, ['subject', 'code-subject']);
    await journal.close();
    ledger.close();
    clock.close();
    await world.start();
    await world.screen({ screen: 'closed', reason: 'kiosk-stopped' });
    await story(world, attendant);
  });
}

/** The card proves its key to the institution of this test. */
function provingCard({ card }: TestCard) {
  return { ...card, authorityKey: AUTHORITY.file.toString('base64') };
}

async function choose(world: World, choice: string, next: Partial<Screen>): Promise<Screen> {
  expect(world.press({ key: 'choose', choice })).toBe('taken');
  return world.screen(next);
}

test("an attendant's card opens the menu of a stopped kiosk, a copy of its certificate does not; cleared for a reason, it serves again", () =>
  stoppedKiosk(async (world, attendant) => {
    // A card that can't prove its key: its authority is not the one that this institution knows.
    await world.hold(attendant.card);
    await world.screen({ screen: 'refused', reason: 'possession-not-proved' });
    await world.remove();
    await world.hold(provingCard(await world.cards.card()));
    // Anybody else is told how their application stands, which needs no kiosk that prints.
    await world.screen({ screen: 'result' });
    await world.remove();
    expect(world.journal.count({ event: 'staff.opened' })).toBe(0);
    await world.hold(provingCard(attendant));
    await world.screen({ screen: 'staff-menu', by: '森', keys: ['choose', 'back'] });
    await world.remove();
    await choose(world, 'cases', { screen: 'staff-cases' });
    await choose(world, `stop.${REQUEST}`, { screen: 'staff-case' });
    await choose(world, 'clear', { screen: 'staff-case-why' });
    await choose(world, 'checked-with-centre', { screen: 'staff-done', subject: '4F2A-90C1' });
    expect(await world.journal.next({ event: 'kiosk.cleared' })).toMatchObject({
      request: REQUEST,
      by: '森',
      why: 'checked-with-centre',
    });
    expect(world.press({ key: 'back' })).toBe('taken');
    await world.screen({ screen: 'staff-menu', keys: ['choose', 'back'] });
    expect(world.press({ key: 'back' })).toBe('taken');
    await world.screen({ screen: 'menu' });
    // What staff was shown is a number and names of fields.
    const seen = world.screens.filter(({ screen }) => screen.startsWith('staff-'));
    expect(JSON.stringify(seen)).toContain('code-subject');
    expect(JSON.stringify(seen)).not.toMatch(/holder|certificate"|＊/u);
  }));

test('the staff key and the PIN open it, also where cards are read by nobody; the keyboard may be faster', () =>
  stoppedKiosk(async (world) => {
    await world.reader('unplug');
    expect(world.press({ key: 'staff' })).toBe('taken');
    await world.screen({ screen: 'staff-pin', keys: ['character', 'erase', 'enter', 'back'] });
    for (const character of PIN) world.press({ key: 'character', character });
    await world.screen({ screen: 'staff-pin', digits: PIN.length } as Partial<Screen>);
    world.press({ key: 'enter' });
    await world.screen({ screen: 'staff-menu', by: 'PIN', keys: ['choose', 'back'] });
    await choose(world, 'cases', { screen: 'staff-cases' });
    await choose(world, `stop.${REQUEST}`, { screen: 'staff-case' });
    clearStoppedKiosk(world.config, { by: 'Ito', why: 'the centre was told' });
    await choose(world, 'clear', { screen: 'staff-case-why' });
    await choose(world, 'test', { screen: 'staff-done', result: 'decided-already' });
    await world.journal.first((line) => line.event === 'kiosk.cleared' && line['by'] === 'Ito');
    expect(world.journal.count({ event: 'kiosk.cleared' })).toBe(1);
  }));
