/** A whole kiosk, the centre with its municipalities, and their papers: what each fault of the centre comes to. Needs their font. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CardDefinition } from '../../devices/card/sim-card.ts';
import { askControlSocket } from '../../devices/sim-control.ts';
import type { CentreFaultName } from '../../platform-sim/centre/faults.ts';
import { MUNICIPALITIES } from '../../platform-sim/municipality/municipalities.ts';
import type { Screen, ScreenName } from '../../src/domain/screen.ts';
import { clearStoppedKiosk } from '../../src/staff/kiosk-commands.ts';
import { testAuthority, testInstitution } from '../devices/institution-fixture.ts';
import { type World, withTerminal } from '../terminal.ts';

const AUTHORITY = testAuthority();
const INSTITUTION = testInstitution(AUTHORITY);
const PIN = '2468';
const LONG_AGO = new Date(Date.now() - 400 * 86_400_000);
const STAFF = { by: 'Yamada', why: 'a test of the centre' };

// Whatever the day and hour of the test, here it is served.
for (const { resident } of MUNICIPALITIES) {
  Object.assign(resident, { closedAtYearEnd: false, maintenance: [] });
  Object.assign(resident.hours, { from: '00:00', to: '24:00' });
}

/** A kiosk that serves, and the card of somebody who lives in one of the towns; somebody else does, too. */
function atTheKiosk(story: (world: World, card: CardDefinition) => Promise<void>): Promise<void> {
  const given = { kind: 'kiosk', trusted: true, institution: INSTITUTION } as const;
  return withTerminal(given, async (world) => {
    const { der, card } = await world.cards.card({ notBefore: LONG_AGO });
    const file = (name: string) => join(world.directory, name);
    writeFileSync(file('own.der'), der);
    writeFileSync(file('other.der'), (await world.cards.card({ notBefore: LONG_AGO })).der);
    const rows = ['certificate,record', 'own.der,resident/sarashina-arata'];
    writeFileSync(file('h.csv'), [...rows, 'other.der,resident/nagihara-midori', ''].join('\n'));
    world.platform.stores.centre.holders.take(file('h.csv'), () => true);
    await world.screen({ screen: 'menu' });
    const authorityKey = AUTHORITY.file.toString('base64');
    await story(world, { ...card, pin: PIN, authorityKey });
  });
}

/** From the menu to what follows the PIN: the order to be confirmed, or why there is none. */
async function order(world: World, card: CardDefinition): Promise<Screen> {
  world.press({ key: 'choose', choice: 'resident-certificate' });
  await shows(world, 'place-card');
  await world.hold(card);
  for (const of of ['document', 'option', 'copies'] as const) {
    const screen = await world.screen({ screen: 'choose', of } as Partial<Screen>);
    if (screen.screen === 'choose') {
      world.press({ key: 'choose', choice: screen.choices[0]?.id ?? '' });
    }
  }
  await shows(world, 'pin');
  for (const [typed, character] of [...PIN].entries()) {
    world.press({ key: 'character', character });
    await world.screen({ screen: 'pin', digits: typed + 1 } as Partial<Screen>);
  }
  world.press({ key: 'enter' });
  return Promise.any([shows(world, 'confirm-order'), shows(world, 'ended')]);
}

async function pay(world: World): Promise<void> {
  world.press({ key: 'enter' });
  await shows(world, 'paying');
  world.press({ key: 'choose', choice: 'cash' });
  const unit = join(world.config.state, 'sim-payment.sock');
  await expect
    .poll(async () => (await askControlSocket(unit, { do: 'look' }))['open'], { timeout: 20_000 })
    .toMatchObject({ state: 'collecting' });
  await askControlSocket(unit, { do: 'insert', piece: 500 });
}

async function leave(world: World): Promise<void> {
  world.press({ key: 'enter' });
  await shows(world, 'take-card');
  await world.remove();
}

function shows(world: World, screen: ScreenName): Promise<Screen> {
  return world.screen({ screen } as Partial<Screen>);
}

async function sheets(world: World): Promise<readonly unknown[]> {
  const printer = join(world.config.state, 'sim-page.sock');
  return (await askControlSocket(printer, { do: 'papers' }))['papers'] as readonly unknown[];
}

test('a certificate of a municipality, from the choice to the paper', () =>
  atTheKiosk(async (world, card) => {
    expect(await order(world, card)).toMatchObject({
      screen: 'confirm-order',
      order: { document: 'resident-record', sheets: 1 },
    });
    await pay(world);
    await shows(world, 'take-card');
    await world.remove();
    expect(await shows(world, 'take-paper')).toMatchObject({ sheets: 1, receipt: 'printed' });
    expect(await sheets(world)).toHaveLength(1);
    world.press({ key: 'enter' });
    await world.screen({ screen: 'menu' });
    expect(world.journal.all.some(({ event }) => event === 'event.dropped')).toBe(false);
  }));

/** What of it differs from the order; null: the document is unfit, and the kiosk goes on. */
const FAULTS: Readonly<Partial<Record<CentreFaultName, readonly string[] | null>>> = {
  'mixes-requests': ['subject'],
  'swaps-document': ['sha256', 'code-subject'],
  'other-manifest': ['subject', 'sha256', 'code-subject'],
  'other-fee': ['fee'],
  'no-fee': ['fee'],
  'no-pdf': null,
  'with-javascript': null,
  'too-many-pages': null,
};

test(
  'whatever the centre gets wrong, nothing is paid and nothing is printed',
  { timeout: 120_000 },
  () =>
    atTheKiosk(async (world, card) => {
      for (const [fault, differs] of Object.entries(FAULTS)) {
        world.platform.stores.centre.faults.set(fault, 1);
        const reason = differs === null ? 'document-unusable' : 'document-differs';
        const ended = await order(world, card);
        expect([fault, ended]).toMatchObject([
          fault,
          { screen: 'ended', reason, money: 'nothing-charged' },
        ]);
        await leave(world);
        if (differs !== null) {
          await world.screen({ screen: 'closed', reason: 'kiosk-stopped' });
          const stops = clearStoppedKiosk(world.config, STAFF);
          expect([fault, stops.map((stop) => stop.differs)]).toEqual([fault, [differs]]);
        }
        await world.screen({ screen: 'menu' });
      }
      expect(await sheets(world)).toEqual([]);
    }),
);
