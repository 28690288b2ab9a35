/** What a television is told of those whom it calls, and when it is poked; who is there, for those that only look. */

import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Contacts } from '../../platform-sim/contacts.ts';
import type { RegisterEntry } from '../../platform-sim/evacuation/residents.ts';
import type { Worded } from '../../src/domain/alert.ts';
import { EVACUATION_SERVICES, STANDING_ANSWER } from '../../src/link/evacuation-protocol.ts';
import { BareTerminal, Chain } from '../platform/bare-terminal.ts';
import { TestPlatform } from '../platform/test-platform.ts';

const HOUR = 3_600_000;
const NOBODY = 'f'.repeat(32);

let world: TestPlatform;
let hatsu: string;
let shige: string;

beforeEach(async () => {
  world = await TestPlatform.start();
  const { residents } = world.stores;
  residents.claim('990029');
  residents.replace(['1', '2'].map((number) => resident(number)));
  [hatsu = '', shige = ''] = [...residents.all()].map(({ ref }) => ref);
});
afterEach(() => world.stop());

function resident(number: string, more: Partial<RegisterEntry> = {}): RegisterEntry {
  const name = { name: `人 ${number}`, kana: 'カナ', born: '1943-05-02' };
  const home = { district: 'kawara', address: '川原町 3', household: number };
  return {
    number,
    fingerprint: null,
    ...name,
    ...home,
    needs: [],
    support: '',
    protected: false,
    ...more,
  };
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

describe('where somebody is', () => {
  const HALL: Worded = {
    ja: '汐見市民会館',
    'ja-simple': 'しおみしみんかいかん',
    en: 'Shiomi Civic Hall',
  };
  interface Agreed {
    readonly until?: number;
    readonly assurance?: string;
  }

  /** A television that calls Hatsu, who agreed, and is at a shelter. Returns what it is told of where. */
  async function whereAt(agreed: readonly Agreed[], ended = false): Promise<Worded | null> {
    const chain = new Chain('stb-1');
    const television = await BareTerminal.greetNow(world.url, chain);
    chain.add({ ref: hatsu, assurance: 'possession' }, { event: 'television.linked' });
    for (const { until = Date.now() + HOUR, assurance = 'possession' } of agreed) {
      const body = { ref: hatsu, until: new Date(until).toISOString(), assurance };
      chain.add(body, { event: 'television.where-agreed' });
    }
    if (ended) chain.add({ ref: hatsu, by: 'remote' }, { event: 'television.where-ended' });
    await television.tell(chain);
    const shelter = new Chain('reader-1');
    const reader = await BareTerminal.greetNow(world.url, shelter);
    shelter.add({ shelter: 'civic-hall', ref: hatsu }, { event: 'shelter.arrived' });
    await reader.tell(shelter);
    const said = await ask(television, [hatsu]);
    expect(said).toMatchObject([{ standing: 'safe' }]);
    if (typeof said === 'string') throw new Error(said);
    return said[0]?.where ?? null;
  }

  test('is told to the television for which they agreed to it, by name of the shelter', async () => {
    expect(await whereAt([{}])).toEqual(HALL);
  });

  test.each([
    ['who did not agree', [], false],
    ['whose consent is over and was not renewed', [{ until: Date.now() - HOUR }], false],
    ['who ended it', [{}], true],
    ['for whom a copy of a certificate agreed', [{ assurance: 'identified' }], false],
  ] as const)('is not told of somebody %s', async (_, agreed, ended) => {
    expect(await whereAt(agreed, ended)).toBeNull();
  });

  test('is renewed by agreeing again', async () => {
    expect(await whereAt([{ until: Date.now() - HOUR }, {}])).toEqual(HALL);
  });

  test('is never told under 支援措置, nor of those who live with them, whatever they agreed to', async () => {
    const { residents } = world.stores;
    residents.replace([resident('1', { protected: true }), resident('2')]);
    expect(await whereAt([{}])).toBeNull();
    residents.replace([
      resident('1', { household: 'H' }),
      resident('2', { household: 'H', protected: true }),
    ]);
    expect(await whereAt([{}])).toBeNull();
  });

  test('is told to no other television of theirs, and a new consent has it asked again', async () => {
    const chain = new Chain('stb-2');
    const place = { municipality: '990029', district: 'kawara' };
    const other = await BareTerminal.greetNow(world.url, chain, { place });
    chain.add({ ref: hatsu, assurance: 'possession' }, { event: 'television.linked' });
    await other.tell(chain);
    expect(await whereAt([{}])).toEqual(HALL);
    expect(await ask(other, [hatsu])).toMatchObject([{ standing: 'safe', where: null }]);
    const pokes = () => other.frames.filter(({ frame }) => frame === 'poke').length;
    await expect.poll(pokes).toBeGreaterThan(0);
    const before = pokes();
    const until = new Date(Date.now() + HOUR).toISOString();
    const body = { ref: hatsu, until, assurance: 'possession' };
    chain.add(body, { event: 'television.where-agreed' });
    await other.tell(chain, 2);
    await expect.poll(pokes).toBeGreaterThan(before);
    expect(await ask(other, [hatsu])).toMatchObject([{ where: HALL }]);
  });
});
