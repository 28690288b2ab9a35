/** Whoever calls a gate and is not what it should be, or says what it should not. */

import { hash } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ClientCredentials } from '../../src/link/secure-transport.ts';
import { CLOSE, type FactsFrame, LIMITS } from '../../src/neighbours/protocol.ts';
import { HUMAN } from '../../src/neighbours/told-facts.ts';
import { Stranger } from './stranger.ts';
import { Thief } from './thief.ts';
import { Authority, LIST, PATIENCE_MS, TestGate } from './venue.ts';

const MINUTE_MS = 60_000;

let authority: Authority;
let foreign: Authority;

beforeAll(async () => {
  [authority, foreign] = await Promise.all([Authority.make(), Authority.make()]);
});

let west: TestGate;
let port: number;

beforeEach(async () => {
  west = await new TestGate('west', authority, {}).enrol();
  port = await west.open();
});

async function speaking(thief: Thief): Promise<Stranger> {
  const stranger = await Stranger.call(port, await thief.credentials());
  stranger.hello(thief.name);
  await vi.waitFor(() => expect(west.neighbours?.level().heard).toContain(thief.name), {
    timeout: PATIENCE_MS,
  });
  return stranger;
}

describe('who gets no word', () => {
  async function turnedAway(credentials: ClientCredentials | null, reason: string): Promise<void> {
    await expect(Stranger.call(port, credentials)).rejects.toThrow();
    await vi.waitFor(() => expect(west.events('neighbour.refused')).toMatchObject([{ reason }]), {
      timeout: PATIENCE_MS,
    });
    expect(west.neighbours?.level().heard).toEqual([]);
  }

  test('who shows no certificate', () => turnedAway(null, 'malformed'));

  test('a terminal of another platform', async () => {
    const thief = await Thief.enrol('east', foreign);
    await turnedAway(await thief.credentials(), 'another-platform');
  });

  test('a terminal with what it shows to the platform', async () => {
    const thief = await Thief.enrol('east', authority);
    await turnedAway(await thief.identity.credentials(), 'not-a-neighbour');
  });

  test('somebody with the certificate of a terminal, and a key of their own', async () => {
    const own = await (await Thief.enrol('east', foreign)).credentials();
    const theirs = await (await Thief.enrol('east', authority)).credentials();
    const [, terminal = ''] = theirs.chain.split(/(?<=-----END CERTIFICATE-----\n)/u);
    const [leaf = ''] = own.chain.split(/(?<=-----END CERTIFICATE-----\n)/u);
    await turnedAway({ key: own.key, chain: leaf + terminal }, 'not-a-neighbour');
  });

  test('who offers TLS 1.2 alone', async () => {
    const thief = await Thief.enrol('east', authority);
    const attempt = Stranger.call(port, await thief.credentials(), { maxVersion: 'TLSv1.2' });
    await expect(attempt).rejects.toThrow();
  });
});

describe('who is cut off', () => {
  const CASES: readonly (readonly [string, (stranger: Stranger) => void, number])[] = [
    ['says another name than its certificate', (s) => s.hello('north'), CLOSE.identity],
    ['says the name of this gate', (s) => s.hello('west'), CLOSE.identity],
    ['says no hello first', (s) => s.say({ frame: 'beat' }), CLOSE.notOfTheProtocol],
    ['says what is no JSON', (s) => s.say('{'), CLOSE.notOfTheProtocol],
    ['says bytes', (s) => s.sayBytes(Buffer.from('{"frame":"beat"}')), CLOSE.notOfTheProtocol],
    ['says too much at once', (s) => s.say(' '.repeat(LIMITS.frameBytes + 1)), 1009],
    [
      'says a field that is not known',
      (s) => s.say('{"frame":"beat","more":1}'),
      CLOSE.notOfTheProtocol,
    ],
    [
      'does not stop talking',
      (s) => {
        s.hello('east');
        for (let n = 0; n <= LIMITS.frames.atOnce + 10; n += 1) s.say({ frame: 'beat' });
      },
      CLOSE.notOfTheProtocol,
    ],
  ];

  test.each(CASES)('a gate that %s', async (_what, misbehave, code) => {
    const thief = await Thief.enrol('east', authority);
    const stranger = await Stranger.call(port, await thief.credentials());
    misbehave(stranger);
    expect(await stranger.closed).toBe(code);
  });

  test('a gate that says nothing', async () => {
    const gate = await new TestGate('south', authority, { beatMs: 50 }).enrol();
    const thief = await Thief.enrol('east', authority);
    const stranger = await Stranger.call(await gate.open(), await thief.credentials());
    expect(await stranger.closed).toBe(CLOSE.silent);
  });
});

describe('facts', () => {
  test('of a gate of this platform count, and once only when they are told again', async () => {
    const thief = await Thief.enrol('east', authority);
    const stranger = await speaking(thief);
    const facts = await thief.grants(['a', 'b']);
    expect(await stranger.tell(facts)).toBe(2);
    expect(west.enteredAt('a')).toBe('east');
    expect(await stranger.tell(facts)).toBe(2);
    expect(west.heard.rows).toBe(2);
    stranger.end();
  });

  test.each<readonly [string, (facts: FactsFrame) => Partial<FactsFrame['items'][number]>]>([
    ['whose text was changed', ({ items: [i] }) => ({ text: i?.text.replace('T-A', 'T-B') ?? '' })],
    ['whose signature is of another', () => ({ signature: Buffer.alloc(256).toString('base64') })],
    ['that were put behind others', () => ({ before: hash('sha256', 'another') })],
    ['that are no facts', () => ({ text: '{"terminal":"east"}' })],
  ])('%s end it, and none counts', async (_what, change) => {
    const thief = await Thief.enrol('east', authority);
    const stranger = await speaking(thief);
    const facts = await thief.grants(['a']);
    const [item] = facts.items;
    if (item === undefined) throw new Error('there is one');
    stranger.say({ ...facts, items: [{ ...item, ...change(facts) }] });
    expect(await stranger.closed).toBe(CLOSE.identity);
    expect(west.enteredAt('a')).toBeNull();
    expect(west.events('neighbour.disbelieved')).toMatchObject([{ neighbour: 'east', by: 'east' }]);
  });

  test.each<readonly [string, Readonly<Record<string, unknown>>]>([
    ['of another list', { body: { ticket: 'T-A', list: 'arena', ref: 'a', gate: 'east' } }],
    ['about another subject', { subject: `${LIST}/b` }],
    ['of another gate', { terminal: 'north' }],
    ['of a kind that is not told', { event: 'entry.refused' }],
  ])('that say themselves %s end it', async (_what, over) => {
    const thief = await Thief.enrol('east', authority);
    const stranger = await speaking(thief);
    stranger.say(await thief.grants(['a'], Date.now(), over));
    expect(await stranger.closed).toBe(CLOSE.identity);
    expect(west.heard.rows).toBe(0);
  });

  test('of a gate of another platform, handed on by one of this, end it', async () => {
    const [thief, other] = [
      await Thief.enrol('east', authority),
      await Thief.enrol('north', foreign),
    ];
    const stranger = await speaking(thief);
    stranger.say(await other.grants(['a']));
    expect(await stranger.closed).toBe(CLOSE.identity);
    expect(west.enteredAt('a')).toBeNull();
  });

  test('out of the middle of which one was taken go no further', async () => {
    const thief = await Thief.enrol('east', authority);
    const stranger = await speaking(thief);
    const facts = await thief.grants(['a', 'b', 'c']);
    const items = facts.items.filter((_item, n) => n !== 1);
    expect(await stranger.tell({ ...facts, items })).toBe(1);
    expect(west.enteredAt('c')).toBeNull();
    expect(west.events('neighbour.disbelieved')).toMatchObject([{ reason: 'fork' }]);
    expect(await stranger.tell(facts)).toBe(3);
    expect(west.enteredAt('c')).toBe('east');
    stranger.end();
  });

  test('of the future are not taken before their time', async () => {
    const thief = await Thief.enrol('east', authority);
    const stranger = await speaking(thief);
    const facts = await thief.grants(['a'], west.clock.now() + 10 * MINUTE_MS);
    expect(await stranger.tell(facts)).toBe(0);
    expect(west.enteredAt('a')).toBeNull();
    expect(west.events('neighbour.disbelieved')).toMatchObject([{ reason: 'future' }]);
    vi.spyOn(west.clock, 'now').mockReturnValue(Date.now() + 6 * MINUTE_MS);
    expect(await stranger.tell(facts)).toBe(1);
    stranger.end();
  });

  test('from before the list was valid do not count', async () => {
    const thief = await Thief.enrol('east', authority);
    const stranger = await speaking(thief);
    west.list = { ...west.manifest, validFrom: new Date(Date.now()).toISOString() };
    expect(await stranger.tell(await thief.grants(['a'], Date.now() - MINUTE_MS))).toBe(1);
    expect(west.enteredAt('a')).toBeNull();
    stranger.end();
  });

  test('of a terminal that is not in the audience are not believed, whoever hands them on', async () => {
    west.list = { ...west.manifest, audience: ['west', 'east'] };
    const [thief, other] = [
      await Thief.enrol('east', authority),
      await Thief.enrol('north', authority),
    ];
    const stranger = await speaking(thief);
    expect(await stranger.tell(await other.grants(['a']))).toBe(0);
    expect(west.events('neighbour.disbelieved')).toMatchObject([
      { neighbour: 'north', by: 'east', reason: 'not-in-audience' },
    ]);
    expect(await stranger.tell(await thief.grants(['b']))).toBe(1);
    stranger.end();
  });
});

describe('a gate that admits faster than people walk', () => {
  const refs = (count: number, from = 0) => Array.from({ length: count }, (_, n) => `r${from + n}`);

  /** Resolves once the gate has taken so many. What it says may also be an answer to an earlier frame. */
  async function tellAll(
    stranger: Stranger,
    frames: readonly FactsFrame[],
    taken: number,
  ): Promise<void> {
    for (const frame of frames) await stranger.tell(frame);
    const [first] = frames;
    if (first === undefined) throw new Error('nothing to tell');
    await vi.waitFor(() => expect(west.heard.stream(first).upto).toBe(taken), {
      timeout: PATIENCE_MS,
    });
  }

  async function told(thief: Thief, times: readonly number[], from = 0): Promise<FactsFrame[]> {
    const frames: FactsFrame[] = [];
    for (let n = 0; n < times.length; n += LIMITS.facts) {
      const some = times.slice(n, n + LIMITS.facts);
      frames.push(await thief.grants(refs(some.length, from + n), some));
    }
    return frames;
  }

  test('is believed no further, until staff has looked', async () => {
    const thief = await Thief.enrol('east', authority);
    const stranger = await speaking(thief);
    const now = Date.now();
    const frames = await told(
      thief,
      Array.from({ length: HUMAN.passages + 40 }, (_, n) => now + n),
    );
    await tellAll(stranger, frames, HUMAN.passages);
    expect(west.enteredAt(`r${HUMAN.passages}`)).toBeNull();
    expect(west.events('neighbour.held')).toMatchObject([{ neighbour: 'east' }]);
    expect(west.neighbours?.level().held).toMatchObject([{ terminal: 'east' }]);

    west.heard.release('east', { by: '佐藤', why: 'ten gates in one' });
    await tellAll(stranger, frames, HUMAN.passages + 40);
    await vi.waitFor(
      () => expect(west.events('neighbour.released')).toMatchObject([{ by: '佐藤' }]),
      { timeout: PATIENCE_MS },
    );
    stranger.end();
  });

  test('is not one that tells fast of a long day', async () => {
    const thief = await Thief.enrol('east', authority);
    const stranger = await speaking(thief);
    const start = Date.now() - 30 * MINUTE_MS;
    const times = Array.from({ length: 400 }, (_, n) => start + n * 2_000);
    await tellAll(stranger, await told(thief, times), 400);
    expect(west.events('neighbour.held')).toEqual([]);
    stranger.end();
  });

  test('takes back more than staff types', async () => {
    const thief = await Thief.enrol('east', authority);
    const stranger = await speaking(thief);
    const refused = HUMAN.undone + 2;
    const undone = await thief.grants(refs(refused), Date.now(), { event: 'entry.undone' });
    await tellAll(stranger, [undone], HUMAN.undone);
    expect(west.events('neighbour.held')).toHaveLength(1);
    stranger.end();
  });

  test('is one that writes into a past in which nobody came', async () => {
    const thief = await Thief.enrol('east', authority);
    const stranger = await speaking(thief);
    const now = Date.now();
    const times = Array.from({ length: 300 }, (_, n) => now - n * 10_000);
    await tellAll(stranger, await told(thief, times), HUMAN.passages);
    expect(west.events('neighbour.held')).toHaveLength(1);
    stranger.end();
  });
});
