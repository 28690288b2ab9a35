/** A counter for stories: it checks ages, and two people come to it. */

import type { CardDefinition } from '../../devices/card/sim-card.ts';
import { newCardKey } from '../../platform-sim/authority.ts';
import type { TestCard } from '../cards.ts';
import { type Given, type World, withTerminal } from '../terminal.ts';

export const CONFIGURED = '[services.age-check]\nage = 20\n';

/** A counter that serves, one person of 40 and one of 10. */
export function atTheCounter(
  story: (world: World, old: TestCard, young: TestCard) => Promise<void>,
  given: Given = {},
): Promise<void> {
  const counter = { kind: 'counter', configured: CONFIGURED, trusted: true, ...given } as const;
  return withTerminal(counter, async (world) => {
    const old = await world.cards.card();
    const young = await world.cards.card();
    await world.register([
      [old, yearsAgo(40)],
      [young, yearsAgo(10)],
    ]);
    await world.journal.next({ event: 'trust.activated', anchors: 1 });
    if (given.institution !== undefined) {
      await world.journal.next({ event: 'institution.activated', hasKey: true });
    }
    await world.journal.next({ event: 'terminal.in-service' });
    await story(world, old, young);
  });
}

function yearsAgo(years: number): string {
  const today = new Date().toISOString();
  return `${Number(today.slice(0, 4)) - years}-01-01`;
}

/** The fact of an answer. */
export const checked = (result: string, assurance = 'identified') => ({
  event: 'age.checked',
  age: 20,
  result,
  assurance,
});

/** The same certificate on a card with a key of its own. */
export async function cloneOf(card: CardDefinition): Promise<CardDefinition> {
  const key = (await newCardKey()).export({ type: 'pkcs8', format: 'pem' }) as string;
  return { ...card, userPrivateKey: key };
}
