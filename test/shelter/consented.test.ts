/** What people agreed to have passed on: for staff, when the card itself is there, and nowhere else. */

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { CardDefinition } from '../../devices/card/sim-card.ts';
import { publishEvacuees } from '../../platform-sim/evacuation/evacuee-list.ts';
import type { Screen } from '../../src/domain/screen.ts';
import { testAuthority, testInstitution } from '../devices/institution-fixture.ts';
import { LIST } from '../terminal.ts';
import { atTheShelter, type Shelter } from './at-the-shelter.ts';

const AUTHORITY = testAuthority();
const MEDICATION = 'ワルファリン';
const fingerprintOf = (der: Buffer) => createHash('sha256').update(der).digest('hex');

interface People {
  readonly hatsu: CardDefinition;
  readonly attendant: CardDefinition;
}

/** Hatsu is here and holds a card that proves its key; who else does is staff. */
function withConsent(story: (shelter: Shelter, people: People) => Promise<void>): Promise<void> {
  return atTheShelter({}, async (shelter) => {
    const { cards, platform, keys, journal, config } = shelter;
    const [hatsu, attendant] = [await cards.card(), await cards.card()];
    const proving = ({ card }: { card: CardDefinition }) => ({
      ...card,
      authorityKey: AUTHORITY.file.toString('base64'),
    });
    await shelter.publishTrust();
    await shelter.addInstitution(testInstitution(AUTHORITY));
    const consented = { at: '2026-04-01', medication: MEDICATION };
    const row = { ref: 'ab'.repeat(16), number: '3', name: '森川 ハツ', kana: 'もりかわ はつ' };
    const home = { district: 'kawara', household: 'h-3' };
    const fingerprint = fingerprintOf(hatsu.der);
    await publishEvacuees(
      platform.stores.registry,
      await keys(),
      [{ ...row, ...home, fingerprint, consented }],
      { list: LIST },
      Date.now(),
    );
    await journal.next({ event: 'list.activated' });
    await journal.next({ event: 'institution.activated', hasKey: true });
    await shelter.stop();
    const staff = { attendant: [{ name: '山田', card: fingerprintOf(attendant.der) }] };
    Object.assign(config, { staff });
    await shelter.start();
    await shelter.waiting({ reader: true } as Partial<Screen>);
    await story(shelter, { hatsu: proving(hatsu), attendant: proving(attendant) });
  });
}

test('staff see it, with how long ago it was agreed to; nobody else does, and nothing of it is kept', () =>
  withConsent(async (shelter, { hatsu, attendant }) => {
    const { arrive, hold, remove, screen, press, journal, facts } = shelter;
    expect(await arrive(hatsu)).toMatchObject({ assurance: 'possession', flags: [] });
    await screen({ screen: 'shelter-family' });
    press({ key: 'enter' });
    await hold(hatsu);
    await screen({ screen: 'shelter-menu', consented: true } as Partial<Screen>);
    await remove();
    press({ key: 'choose', choice: 'consented' });
    await screen({ screen: 'shelter-staff', asked: 'consented' } as Partial<Screen>);
    await hold(hatsu);
    await screen({ screen: 'shelter-staff', refused: true } as Partial<Screen>);
    await remove();
    await hold(attendant);
    const shown = await screen({ screen: 'shelter-consented' });
    expect(shown).toMatchObject({ said: { medication: MEDICATION }, days: expect.any(Number) });
    await remove();
    press({ key: 'back' });
    await shelter.waiting();
    expect(JSON.stringify([journal.all, facts()])).not.toContain(MEDICATION);
    const others = shelter.screens.filter(({ screen: name }) => name !== 'shelter-consented');
    expect(JSON.stringify(others)).not.toContain(MEDICATION);
  }));

test('a copy of the certificate takes somebody in, and shows nothing of what they agreed to', () =>
  withConsent(async (shelter, { hatsu }) => {
    const { authorityKey: _, ...copy } = hatsu as CardDefinition & { authorityKey: string };
    expect(await shelter.arrive(copy)).toMatchObject({ assurance: 'identified', flags: [] });
    await shelter.screen({ screen: 'shelter-family' });
    shelter.press({ key: 'enter' });
    await shelter.hold(copy);
    await shelter.screen({ screen: 'shelter-menu', consented: false } as Partial<Screen>);
    shelter.press({ key: 'choose', choice: 'consented' });
    expect(shelter.source.current.screen).toBe('shelter-menu');
  }));
