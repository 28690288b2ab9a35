/** A whole kiosk: when it serves, when it does not, and that its screens and keys are those of the terminal. */

import { expect, test } from 'vitest';
import type { OtherSides } from '../../platform-sim/services/index.ts';
import { stopKiosk } from '../../src/certificate-order/stop.ts';
import { Journal } from '../../src/journal.ts';
import { OWN_TOPOLOGY, type Topology } from '../../src/link/certificate-protocol.ts';
import { Recorder } from '../../src/recorder.ts';
import { clearStoppedKiosk } from '../../src/staff/kiosk-commands.ts';
import { openLedger } from '../../src/state-folder.ts';
import { testAuthority, testInstitution } from '../devices/institution-fixture.ts';
import { type World, withTerminal } from '../terminal.ts';

const AUTHORITY = testAuthority();
const INSTITUTION = testInstitution(AUTHORITY);

/** A kiosk whose centre says that it is built so. */
function atTheKiosk(topology: () => Topology, story: (world: World) => Promise<void>) {
  const otherSides: OtherSides = {
    'certificate-municipalities': () => ({ topology: topology(), municipalities: [] }),
    'certificate-offers': () => ({ offers: [] }),
    'registration-status': () => ({ state: 'none' }),
  };
  const given = { kind: 'kiosk', trusted: true, institution: INSTITUTION, otherSides } as const;
  return withTerminal(given, story);
}

test('it serves whoever has chosen: their card, what they are told; of a card alone, where its application stands', () =>
  atTheKiosk(
    () => OWN_TOPOLOGY,
    async (world) => {
      await world.screen({ screen: 'menu', offline: false });
      expect(world.press({ key: 'choose', choice: 'family-certificate' })).toBe('taken');
      await world.screen({ screen: 'place-card', again: null });
      const { card } = await world.cards.card();
      await world.hold({ ...card, authorityKey: AUTHORITY.file.toString('base64') });
      await world.screen({ screen: 'ended', reason: 'registration-missing' });
      expect(world.press({ key: 'enter' })).toBe('taken');
      await world.screen({ screen: 'take-card', follows: 'nothing' });
      await world.remove();
      await world.screen({ screen: 'menu' });
      await world.hold({ ...card, authorityKey: AUTHORITY.file.toString('base64') });
      await world.screen({ screen: 'result', told: { text: 'registration.none', given: {} } });
      expect(world.journal.all.some(({ event }) => event === 'event.dropped')).toBe(false);
    },
  ));

test('a centre of another topology: nobody is served, and why is on the screen and in the journal', () =>
  atTheKiosk(
    () => ({ ...OWN_TOPOLOGY, profile: 'single-site' }),
    async (world) => {
      await world.screen({ screen: 'closed', reason: 'topology-differs' });
      await world.journal.next({ event: 'terminal.out-of-service', reason: 'topology-differs' });
    },
  ));

test('stopped, it stays stopped through a restart until staff clears it beside the daemon', () =>
  atTheKiosk(
    () => OWN_TOPOLOGY,
    async (world) => {
      await world.screen({ screen: 'menu' });
      await world.stop();
      const { ledger, clock } = openLedger(world.config, { countsAsBoot: false });
      const recorder = new Recorder(ledger, new Journal(world.config.state, null), Date.now);
      stopKiosk(recorder, 'a-request', ['subject']);
      ledger.close();
      clock.close();
      await world.start();
      await world.screen({ screen: 'closed', reason: 'kiosk-stopped' });
      clearStoppedKiosk(world.config, { by: 'Yamada', why: 'the centre was told' });
      await world.screen({ screen: 'menu' });
    },
  ));
