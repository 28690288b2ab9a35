/** Readers of one shelter: together, apart, and together again. */

import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { SYSTEM_TIME, type TimeSources } from '../../src/clock.ts';
import { slipNumber } from '../../src/domain/shelter-slip.ts';
import { MarkKeys } from '../../src/shelter/mark-key.ts';
import { Roster } from '../../src/shelter/roster.ts';
import {
  bothCount,
  EVACUEES,
  eventually,
  hearing,
  type ReaderOptions,
  refOf,
  SCHOOL,
  TestReader,
} from './shelter-reader.ts';
import { Authority } from './venue.ts';
import { Wire } from './wire.ts';

const DAY = '2026-11-25';
const DAY_MS = 86_400_000;
const [KEN, YUMI, HATSU] = [refOf(1), refOf(2), refOf(3)];
const CARD = Buffer.from('the certificate of a card that is on no list');

let authority: Authority;

beforeAll(async () => {
  authority = await Authority.make();
});

const reader = (name: string, options: ReaderOptions = {}) =>
  TestReader.of(name, authority, options);

/** Two that hear each other: the second one calls the first. */
async function pair(options: ReaderOptions = {}): Promise<[TestReader, TestReader]> {
  const [door, gym] = [await reader('door', options), await reader('gym', options)];
  await gym.open([await door.open()]);
  await hearing(door, gym);
  return [door, gym];
}

/** Two that came to know each other, were cut apart, and come together again when `wire` is mended. */
async function apart(): Promise<{ door: TestReader; gym: TestReader; wire: Wire }> {
  const [door, gym] = [await reader('door'), await reader('gym')];
  const wire = await Wire.to(await door.open());
  await gym.open([wire.port]);
  await hearing(door, gym);
  wire.cut();
  await eventually(() => {
    for (const { neighbours } of [door, gym]) expect(neighbours?.level().heard).toEqual([]);
  });
  return { door, gym, wire };
}

describe('two readers that hear each other', () => {
  test('two people at the same moment: both count both, each from its own ledger and from what was heard', async () => {
    const readers = await pair();
    const [door, gym] = readers;
    door.arrives(KEN);
    gym.arrives(YUMI);
    await bothCount(readers, 2, 2);
    expect([door, gym].map(({ ledger }) => ledger.lastFact().seq)).toEqual([1, 1]);
    expect(gym.stateOf(KEN)).toBe('here');
  });

  test('the same person at both in the same millisecond is one person, and both arrivals stay', async () => {
    const still: TimeSources = { wall: () => Date.parse('2026-11-25T08:00:00Z'), mono: () => 1 };
    const readers = await pair({ time: still });
    const [door, gym] = readers;
    const [one, other] = [door.arrives(KEN), gym.arrives(KEN)];
    expect(one.at).toBe(other.at);
    await bothCount(readers, 1, 2);
    const stays = readers.map(({ roster }) => roster.stay(`evacuee/${KEN}`));
    expect(stays[0]?.arrivals).toHaveLength(2);
    expect(stays[0]).toEqual(stays[1]);
  });

  test('out at one, back at the other; and staff take back at one who came at the other', async () => {
    const readers = await pair();
    const [door, gym] = readers;
    const arrival = door.arrives(KEN);
    door.arrives(YUMI);
    await bothCount(readers, 2, 2);
    gym.happens('shelter.went-out', { ref: YUMI });
    gym.takesBack(KEN, arrival);
    await bothCount(readers, 0, 4);
    expect(readers.map(({ roster }) => roster.people.out)).toEqual([1, 1]);
    expect(readers.map((each) => each.stateOf(KEN))).toEqual(['none', 'none']);
    door.happens('shelter.came-back', { ref: YUMI });
    await bothCount(readers, 1, 5);
  });

  test('a family without a card is found by its number at the other one, and what is sealed goes along unopened', async () => {
    const readers = await pair();
    const [door, gym] = readers;
    const mark = createHash('sha256').update('a slip').digest('hex').slice(0, 32);
    const sealed = Buffer.from('for the municipality alone').toString('base64');
    const body = { by: 'form', count: 3, flags: [], sealed };
    const fact = door.happens('shelter.arrived', { mark }, body);
    await bothCount(readers, 3, 1);
    expect(gym.roster.subjectOf(slipNumber(mark))).toBe(`mark/${mark}`);
    expect(gym.heard.factsAbout(`mark/${mark}`)).toEqual([fact]);
  });
});

describe('what readers that were apart come to know', () => {
  test('both took people in and handed out: all of it is there once, and what was given twice is said by both', async () => {
    const { door, gym, wire } = await apart();
    const readers = [door, gym];
    for (const each of readers) {
      each.arrives(KEN);
      each.happens('shelter.supplied', { ref: KEN }, { day: DAY, kind: 'water', count: 1 });
    }
    door.arrives(YUMI);
    gym.arrives(HATSU);
    gym.happens('shelter.supplied', { ref: HATSU }, { day: DAY, kind: 'bath', count: 1 });
    await eventually(() => expect(readers.map((e) => e.roster.people.here)).toEqual([2, 2]));
    wire.mend();
    await bothCount(readers, 3, 7);
    expect(door.roster.stay(`evacuee/${HATSU}`).supplied).toEqual(new Set([`${DAY} bath`]));
    for (const each of readers) {
      await eventually(() => {
        expect(each.events('neighbour.double-supply')).toEqual([
          expect.objectContaining({ ref: KEN, day: DAY, kind: 'water' }),
        ]);
      });
      const [{ first, second } = {}] = each.events('neighbour.double-supply');
      expect(new Set([first, second].map((one) => (one as { terminal: string }).terminal))).toEqual(
        new Set(['door', 'gym']),
      );
    }
    await wire.close();
  });

  test('what staff handed out again is not said to be a mistake', async () => {
    const readers = await pair();
    const [door, gym] = readers;
    const water = { day: DAY, kind: 'water', count: 1 };
    const first = door.happens('shelter.supplied', { ref: KEN }, water);
    await eventually(() => expect(gym.heard.rows).toBe(1));
    await eventually(() => expect(gym.clock.now()).toBeGreaterThan(Date.parse(first.at)));
    gym.happens('shelter.supplied', { ref: KEN }, { ...water, again: '山田' });
    await eventually(() => expect(door.heard.rows).toBe(2));
    expect(door.events('neighbour.double-supply')).toEqual([]);
  });

  test('what staff hands out again hides no third one, which another reader handed out in between', async () => {
    const { door, gym, wire } = await apart();
    const water = { day: DAY, kind: 'water', count: 1 };
    const first = door.happens('shelter.supplied', { ref: KEN }, water);
    await eventually(() => expect(gym.clock.now()).toBeGreaterThan(Date.parse(first.at)));
    const second = gym.happens('shelter.supplied', { ref: KEN }, water);
    await eventually(() => expect(door.clock.now()).toBeGreaterThan(Date.parse(second.at)));
    door.happens('shelter.supplied', { ref: KEN }, { ...water, again: '山田' });
    wire.mend();
    await eventually(() => {
      for (const each of [door, gym]) {
        expect(each.events('neighbour.double-supply')).toMatchObject([
          { ref: KEN, kind: 'water', first: { at: first.at }, second: { at: second.at } },
        ]);
      }
    });
    await wire.close();
  });

  test('a reader that was killed has what it had, catches up by itself, and has each fact once', async () => {
    const [door, gym] = [await reader('door'), await reader('gym')];
    const port = await door.open();
    await gym.open([port]);
    gym.arrives(HATSU);
    door.arrives(KEN);
    await bothCount([door, gym], 2, 2);
    await gym.close();
    for (let n = 10; n < 110; n += 1) door.arrives(refOf(n));
    const back = await reader('gym', { state: gym.state });
    expect(back.roster.people.here).toBe(2);
    await back.open([port]);
    await bothCount([door, back], 102, 102);
    // From the files alone, as after another start.
    expect(new Roster(back.ledger, { list: EVACUEES, shelter: SCHOOL }).people.here).toBe(102);
  });

  test('who left is not here again when this reader’s own word of it has grown old and gone', async () => {
    const readers = await pair();
    const [door, gym] = readers;
    gym.arrives(KEN);
    await bothCount(readers, 1, 1);
    door.happens('shelter.left', { ref: KEN });
    await bothCount(readers, 0, 2);
    // What the platform holds, all but the newest.
    door.ledger.record([{ event: 'ledger.pruned', subject: null, body: {} }]);
    door.ledger.acknowledge(door.ledger.lastFact().seq);
    const order = { before: '2999-01-01T00:00:00.000Z', decides: () => false };
    while (door.ledger.prune(order) !== null);
    expect(door.ledger.factsAbout(`evacuee/${KEN}`)).toEqual([]);
    expect(door.stateOf(KEN)).toBe('left');
    expect(new Roster(door.ledger, { list: EVACUEES, shelter: SCHOOL }).people.here).toBe(0);

    // Years later: what is left of the stream in the ledger is nothing, and it goes on all the same.
    await door.close();
    const back = await reader('door', { state: door.state });
    await back.open([gym.neighbours?.port ?? 0]);
    back.arrives(YUMI);
    await bothCount([back, gym], 1, 3);
  });

  test('a slip whose number both gave: each finds its own, and who left makes room for who is here', async () => {
    const readers = await pair();
    const [door, gym] = readers;
    // The number comes of the first twelve digits.
    const [one, other] = ['a', 'b'].map((end) => `0123456789ab${end.repeat(20)}`) as [
      string,
      string,
    ];
    const number = slipNumber(one);
    expect(slipNumber(other)).toBe(number);
    door.happens('shelter.arrived', { mark: one }, { by: 'form', count: 1 });
    gym.happens('shelter.arrived', { mark: other }, { by: 'form', count: 1 });
    await bothCount(readers, 2, 2);
    expect(readers.map(({ roster }) => roster.subjectOf(number))).toEqual([
      `mark/${one}`,
      `mark/${other}`,
    ]);
    gym.happens('shelter.left', { mark: other });
    await bothCount(readers, 1, 3);
    expect(gym.roster.subjectOf(number)).toBe(`mark/${one}`);
  });
});

describe('a card that is on no list', () => {
  test('has one mark at both from when they met, is found by either old one, and also after a start', async () => {
    const [door, gym] = [await reader('door'), await reader('gym')];
    const [byDoor] = door.marks.marksOf(CARD);
    const [byGym] = gym.marks.marksOf(CARD);
    expect(byDoor).not.toBe(byGym);
    await gym.open([await door.open()]);
    await eventually(() => expect(gym.marks.marksOf(CARD)).toEqual(door.marks.marksOf(CARD)));
    expect(new Set(door.marks.marksOf(CARD))).toEqual(new Set([byDoor, byGym]));
    const [now] = door.marks.marksOf(CARD);
    await eventually(() => {
      for (const each of [door, gym]) expect(each.events('neighbour.marks-shared')).toHaveLength(1);
    });
    for (const { state } of [door, gym]) {
      expect(MarkKeys.open(state, undefined).marksOf(CARD)[0]).toBe(now);
    }
  });

  test('is known at a third reader that hears only one of them', async () => {
    const [door, gym, tent] = [await reader('door'), await reader('gym'), await reader('tent')];
    const port = await door.open();
    await gym.open([port]);
    await tent.open([port]);
    await eventually(() => {
      const all = [door, gym, tent].map(({ marks }) => marks.marksOf(CARD));
      expect(all[0]).toHaveLength(3);
      expect(new Set(all.map(String)).size).toBe(1);
    });
  });
});

test('a reader whose clock was a month ahead and then right is believed, and none of its people is kept waiting', async () => {
  let ahead = 30 * DAY_MS;
  const time: TimeSources = { wall: () => SYSTEM_TIME.wall() + ahead, mono: SYSTEM_TIME.mono };
  const [door, gym] = [await reader('door'), await reader('gym', { time })];
  await gym.open([await door.open()]);
  await hearing(door, gym);
  gym.arrives(KEN);
  await bothCount([door, gym], 1, 1);
  ahead = 0;
  gym.arrives(YUMI);
  await bothCount([door, gym], 2, 2);
  expect(door.events('neighbour.disbelieved')).toEqual([]);
});
