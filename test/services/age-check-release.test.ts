/** A machine that hands something out on a yes: once, after the fact, and to nobody else. */

import { expect, test } from 'vitest';
import type { TestCard } from '../cards.ts';
import type { World } from '../terminal.ts';
import { atTheCounter, CONFIGURED, checked } from './counter.ts';

function atTheMachine(
  story: (world: World, old: TestCard, young: TestCard) => Promise<void>,
): Promise<void> {
  return atTheCounter(story, { configured: `[release]\ndriver = "simulated"\n${CONFIGURED}` });
}

async function handedOut({ releaseLine }: World): Promise<unknown> {
  return (await releaseLine({ do: 'count' }))['handedOut'];
}

test('a yes hands out one thing, and a no nothing; the fact is there before the pulse', () =>
  atTheMachine(async (world, old, young) => {
    await world.hold(old.card);
    await world.screen({ screen: 'result', ring: 'done' });
    await world.remove();
    expect(await handedOut(world)).toBe(1);
    const events = world.journal.all.map(({ event }) => event);
    expect(events.indexOf('age.checked')).toBeLessThan(events.indexOf('release.done'));
    expect(await world.tap(young.card)).toMatchObject(checked('under'));
    const nobody = await world.cards.card();
    expect(await world.tap(nobody.card)).toMatchObject(checked('unknown'));
    expect(await handedOut(world)).toBe(1);
    expect(events).not.toContain('event.dropped');
  }));

test.each([
  ['empty', 'not-ready'],
  ['jammed', 'no-answer'],
])('a machine that is %s: the person is told that nothing came out', (state, outcome) =>
  atTheMachine(async (world, old) => {
    await world.releaseLine({ do: 'set', as: state });
    await world.hold(old.card);
    await world.screen({
      screen: 'result',
      ring: 'problem',
      told: { text: 'age-check.stuck', given: { age: 20 } },
    });
    expect(await world.journal.next({ event: 'release.done' })).toMatchObject({ outcome });
    expect(await handedOut(world)).toBe(0);
  }),
);

test('without its line it is out of service, and back by itself', () =>
  atTheMachine(async (world, old) => {
    await world.releaseLine({ do: 'unplug' });
    await world.screen({ screen: 'closed', reason: 'release-lost' });
    const closed = world.journal.all.length;
    await world.releaseLine({ do: 'plug' });
    await world.journal.next({ event: 'terminal.in-service' }, closed);
    await world.hold(old.card);
    await world.screen({ screen: 'result', ring: 'done' });
    expect(await handedOut(world)).toBe(1);
  }));
