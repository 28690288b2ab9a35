/** What a television is told of those whom it calls, and when it is poked; who is there, for those that only look. */

import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Contacts } from '../../platform-sim/contacts.ts';
import type { RegisterEntry } from '../../platform-sim/evacuation/residents.ts';
import { EVACUATION_SERVICES, STANDING_ANSWER } from '../../src/link/evacuation-protocol.ts';
import { BareTerminal, Chain } from '../platform/bare-terminal.ts';
import { TestPlatform } from '../platform/test-platform.ts';

const NOBODY = 'f'.repeat(32);

let world: TestPlatform;
let hatsu: string;
let shige: string;

beforeEach(async () => {
  world = await TestPlatform.start();
  const { residents } = world.stores;
  residents.replace(['1', '2'].map(resident));
  [hatsu = '', shige = ''] = [...residents.all()].map(({ ref }) => ref);
});
afterEach(() => world.stop());

function resident(number: string): RegisterEntry {
  const name = { name: `人 ${number}`, kana: 'カナ', born: '1943-05-02' };
  const home = { district: 'kawara', address: '川原町 3', household: number };
  return { number, fingerprint: null, ...name, ...home, needs: [], support: '', protected: false };
}

async function ask(terminal: BareTerminal, refs: readonly string[], isRight = true) {
  const seen = terminal.frames.length;
  const body = JSON.stringify(isRight ? { refs } : { everybody: true });
  const service = EVACUATION_SERVICES.standing;
  terminal.send({ frame: 'ask', id: randomUUID(), service, body, card: null });
  if (!isRight) return (await terminal.next('fault', seen)).fault;
  return STANDING_ANSWER.parse(JSON.parse((await terminal.next('answer', seen)).body)).standings;
}

test('a television hears how those are whom it calls, and nothing of others but that they are in the register', async () => {
  const chain = new Chain('stb-1');
  const television = await BareTerminal.greetNow(world.url, chain);
  chain.add({ ref: hatsu, assurance: 'possession' }, { event: 'television.linked' });
  chain.add({ alert: 'A', ref: hatsu, answer: 'help' }, { event: 'alert.answered' });
  chain.add({ alert: 'A', ref: shige, answer: 'help' }, { event: 'alert.answered' });
  await television.tell(chain);
  expect(await ask(television, [hatsu, shige, NOBODY])).toEqual([
    { ref: hatsu, standing: 'help', at: expect.any(String), where: null },
    { ref: shige, standing: 'unknown', at: null, where: null },
  ]);
  expect(await ask(television, [], false)).toBe('not-a-question');
  // Who is linked no more is asked for in vain.
  chain.add({ ref: hatsu, by: 'card' }, { event: 'television.unlinked' });
  await television.tell(chain, 4);
  expect(await ask(television, [hatsu])).toMatchObject([{ standing: 'unknown', at: null }]);
});

test('somebody is taken in at a shelter: their television is poked, once, and nobody else', async () => {
  const televisions = await Promise.all(
    ['stb-1', 'stb-2'].map(async (name) => {
      const chain = new Chain(name);
      const place = { municipality: '990029', district: 'kawara' };
      const terminal = await BareTerminal.greetNow(world.url, chain, { place });
      const ref = name === 'stb-1' ? hatsu : shige;
      chain.add({ ref, assurance: 'possession' }, { event: 'television.linked' });
      await terminal.tell(chain);
      await ask(terminal, [ref]);
      return terminal;
    }),
  );
  const [first, second] = televisions;
  const pokes = (terminal: BareTerminal | undefined) =>
    terminal?.frames.filter(({ frame }) => frame === 'poke').length;
  const chain = new Chain('reader-1');
  const reader = await BareTerminal.greetNow(world.url, chain);
  chain.add({ shelter: 'civic-hall', ref: hatsu }, { event: 'shelter.arrived' });
  chain.add({ shelter: 'civic-hall', ref: hatsu }, { event: 'shelter.went-out' });
  await reader.tell(chain);
  await expect.poll(() => pokes(first)).toBe(1);
  expect(await ask(first as BareTerminal, [hatsu])).toMatchObject([
    { standing: 'safe', where: null },
  ]);
  // A second word of the same is news to nobody; the other television is poked for its own person alone.
  chain.add({ shelter: 'civic-hall', ref: shige }, { event: 'shelter.arrived' });
  chain.add({ shelter: 'civic-hall', ref: hatsu }, { event: 'shelter.came-back' });
  await reader.tell(chain, 3);
  await expect.poll(() => pokes(second)).toBe(1);
  expect(pokes(first)).toBe(1);
});

test('after a start the same is known; and who has gone is known to have gone', async () => {
  const chain = new Chain('stb-1');
  const before = await BareTerminal.greetNow(world.url, chain);
  chain.add({ ref: hatsu, assurance: 'possession' }, { event: 'television.linked' });
  chain.add({ alert: 'A', ref: hatsu, answer: 'leaving' }, { event: 'alert.answered' });
  await before.tell(chain);
  await world.restart();
  const after = await BareTerminal.greetNow(world.url, chain);
  expect(await ask(after, [hatsu])).toMatchObject([{ standing: 'leaving' }]);
  const contacts = new Contacts(world.directory);
  await expect.poll(() => contacts.all(Date.now()).get('stb-1')?.linked).toBe(true);
  await after.leave();
  await expect.poll(() => contacts.all(Date.now()).get('stb-1')?.linked).toBe(false);
  contacts.close();
});
