/** Whoever says that they are another reader of a shelter and is not, or says what it should not. */

import { beforeAll, describe, expect, test } from 'vitest';
import { CLOSE, type FactsFrame, LIMITS, LISTS_ONLY } from '../../src/neighbours/protocol.ts';
import { HUMAN } from '../../src/neighbours/told-facts.ts';
import {
  eventually,
  type ReaderOptions,
  refOf,
  SCHOOL,
  TestReader,
  TOPIC,
} from './shelter-reader.ts';
import { Stranger } from './stranger.ts';
import { Thief } from './thief.ts';
import { Authority, TestGate } from './venue.ts';

const DAY_MS = 86_400_000;
const KEN = refOf(1);

let authority: Authority;

beforeAll(async () => {
  authority = await Authority.make();
});

const reader = (name: string, options: ReaderOptions = {}) =>
  TestReader.of(name, authority, options);

describe('who is told nothing', () => {
  test('a reader of another shelter of the same municipality: neither who is here nor any key', async () => {
    const [door, hall] = [await reader('door'), await reader('hall', { shelter: 'shiomi-hall' })];
    const gym = await reader('gym');
    const port = await door.open();
    await hall.open([port]);
    await gym.open([port]);
    await eventually(() => expect(door.neighbours?.level().heard).toHaveLength(2));
    door.arrives(KEN);
    hall.arrives(KEN);
    // By then whoever is told has heard.
    await eventually(() => {
      expect([door, hall, gym].map(({ heard }) => heard.rows)).toEqual([1, 1, 1]);
    });
    expect(hall.heard.factsAbout(`evacuee/${KEN}`)).toEqual([]);
    expect(hall.marks.shown()).toHaveLength(1);
    expect(hall.stateOf(KEN)).toBe('here');
  });

  test('a terminal that the municipality’s list is not for', async () => {
    const manifest = { audience: ['door', 'gym'] };
    const [door, gym] = [await reader('door', { manifest }), await reader('gym', { manifest })];
    const port = await door.open();
    const thief = await Thief.enrol('lost', authority);
    const stranger = await speaking(thief, door, port);
    await gym.open([port]);
    const own = door.marks.shown();
    stranger.say({ frame: 'marks', list: TOPIC, keys: [Buffer.alloc(32, 1).toString('base64')] });
    door.arrives(KEN);
    stranger.say(await arrivals(thief, 1));
    await eventually(() => expect(gym.heard.rows).toBe(1));
    // Whatever it said before was heard by then.
    stranger.say('{');
    expect(await stranger.closed).toBe(CLOSE.notOfTheProtocol);
    expect(stranger.frames.filter(({ frame }) => frame === 'marks' || frame === 'facts')).toEqual(
      [],
    );
    expect(door.heard.rows).toBe(1);
    expect(door.marks.shown()).not.toContain(Buffer.alloc(32, 1).toString('base64'));
    expect(door.marks.shown()).toEqual(expect.arrayContaining(own));
  });

  test('a gate of before there were shelters: it is spoken to as it speaks, and of lists alone', async () => {
    const door = await reader('door');
    const gate = await new TestGate('west', authority).enrol();
    const thief = await Thief.enrol('old', authority);
    for (const each of [door, gate]) {
      const port = await each.open();
      const stranger = await Stranger.call(port, await thief.credentials(), {}, [LISTS_ONLY]);
      stranger.hello('old');
      await eventually(() => expect(each.neighbours?.level().heard).toEqual(['old']));
      const lists = each === gate ? ['stadium'] : [];
      expect(stranger.frames[0]).toMatchObject({ frame: 'hello', lists });
      if (each === gate) expect(await stranger.tell(await thief.grants(['a']))).toBe(1);
      stranger.end();
    }
    expect(gate.enteredAt('a')).toBe('old');
  });
});

async function speaking(thief: Thief, to: TestReader, port: number): Promise<Stranger> {
  const stranger = await Stranger.call(port, await thief.credentials());
  stranger.hello(thief.name, { lists: [TOPIC] });
  await eventually(() => expect(to.neighbours?.level().heard).toContain(thief.name));
  return stranger;
}

/** `times`: of each, ms since the epoch, and of its machine. */
function arrivals(
  thief: Thief,
  count: number,
  over: (n: number) => Readonly<Record<string, unknown>> = () => ({}),
): Promise<FactsFrame> {
  const facts = Array.from({ length: count }, (_, n) => ({
    ...{ event: 'shelter.arrived', subject: `evacuee/${refOf(n)}` },
    ...{ at: new Date().toISOString(), body: { shelter: SCHOOL, ref: refOf(n), by: 'card' } },
    ...over(n),
  }));
  return thief.tells(TOPIC, facts);
}

describe('a reader that was stolen', () => {
  test.each<readonly [string, Readonly<Record<string, unknown>>]>([
    ['of another shelter', { body: { shelter: 'shiomi-hall', ref: refOf(0) } }],
    ['about somebody else', { subject: `evacuee/${refOf(7)}` }],
    ['about two at once', { body: { shelter: SCHOOL, ref: refOf(0), mark: refOf(0) } }],
    ['of an entry', { event: 'entry.granted' }],
    ['of a kind that is not told', { event: 'alert.answered' }],
  ])('tells facts %s: it is cut off, and none counts', async (_what, over) => {
    const door = await reader('door');
    const thief = await Thief.enrol('lost', authority);
    const stranger = await speaking(thief, door, await door.open());
    stranger.say(await arrivals(thief, 1, () => over));
    expect(await stranger.closed).toBe(CLOSE.identity);
    expect(door.heard.rows).toBe(0);
    expect(door.roster.people.here).toBe(0);
  });

  test('tells more than people can have done: the rest is not believed, whatever its clock says', async () => {
    const door = await reader('door');
    const thief = await Thief.enrol('lost', authority);
    const stranger = await speaking(thief, door, await door.open());
    const start = Date.now();
    for (let told = 0; told < HUMAN.passages + LIMITS.facts; told += LIMITS.facts) {
      // A day between any two, while its machine has run for a second in all.
      const frame = await arrivals(thief, LIMITS.facts, (n) => ({
        at: new Date(start + (told + n) * DAY_MS).toISOString(),
        mono: told + n,
      }));
      stranger.say(frame);
    }
    await eventually(() => expect(door.events('neighbour.held')).toHaveLength(1));
    expect(door.heard.rows).toBe(HUMAN.passages);
    stranger.end();
  });

  test('hands over keys without end: those of this reader are kept, and it stops at the limit', async () => {
    const door = await reader('door');
    const [own] = door.marks.shown();
    const keys = Array.from({ length: 40 }, (_, n) => Buffer.alloc(32, n + 1).toString('base64'));
    const short = Buffer.alloc(31).toString('base64');
    expect(short).toHaveLength(44);
    expect(door.marks.take([short])).toBe(false);
    expect(door.marks.take(keys)).toBe(true);
    expect(door.marks.take(keys)).toBe(false);
    expect(door.marks.shown()).toHaveLength(LIMITS.marks);
    expect(door.marks.shown()).toContain(own);
    const thief = await Thief.enrol('lost', authority);
    const stranger = await speaking(thief, door, await door.open());
    stranger.say({ frame: 'marks', list: TOPIC, keys });
    expect(await stranger.closed).toBe(CLOSE.notOfTheProtocol);
  });
});
