/** What any store behind the port of the log has to do, whatever it is made of. */

import { describe, expect, test } from 'vitest';
import type { FactFeed, FactLog, Taken, Told } from '../../platform-sim/fact-log.ts';
import { Chain } from './bare-terminal.ts';

/** A store for one test. */
export interface OpenedLog {
  readonly log: FactLog;
  readonly feed: FactFeed;
  /** The same store, opened anew: what was not durable is gone. */
  reopen(): OpenedLog;
}

const NOW = Date.parse('2026-02-20T12:00:00.000Z');
const NOTHING = '0'.repeat(64);

export function hello(chain: Chain, over: object = {}): Told {
  const clock = { at: new Date(NOW).toISOString(), quality: 'synced', mono: 1_000 } as const;
  const { terminal, epoch, last } = chain;
  const rest = { boot: 1, lists: [], root: 0, software: '' };
  return {
    kind: 'hello',
    hello: { frame: 'hello', terminal, epoch, last, clock, ...rest, ...over },
  };
}

export function facts(chain: Chain, from = 1, isAll = false): Told {
  const { terminal, epoch } = chain;
  const items = chain.items.slice(from - 1);
  return { kind: 'facts', of: { terminal, epoch }, from, items, isAll };
}

export function itIsAFactLog(name: string, open: () => OpenedLog): void {
  const take = async (log: FactLog, ...told: Told[]): Promise<readonly Taken[]> =>
    log.take(told, NOW);
  const textsOf = async (feed: FactFeed, after = 0): Promise<number[]> => {
    const { facts: found } = await feed.ofEventsAfter(['entry.granted'], after);
    return found.map((json) => JSON.parse(json).body.n);
  };

  describe(name, () => {
    test('holds nothing of a ledger that it has never heard of', async () => {
      const [welcomed] = await take(open().log, hello(new Chain()));
      const held = { upto: 0, hash: NOTHING };
      expect(welcomed).toEqual({ kind: 'welcomed', upto: 0, held, suspected: [] });
    });

    test('answers each that was told, in its place, and knows all of it after a restart', async () => {
      const opened = open();
      const [one, two] = [new Chain('gate-1').add({ n: 1 }), new Chain('gate-2').add({ n: 2 })];
      const taken = await take(opened.log, hello(one), facts(one), hello(two), facts(two));
      expect(taken.map(({ kind }) => kind)).toEqual(['welcomed', 'stored', 'welcomed', 'stored']);
      const { log, feed } = opened.reopen();
      expect(await textsOf(feed)).toEqual([1, 2]);
      const [again] = await take(log, hello(one));
      expect(again).toMatchObject({ upto: 1, held: { upto: 1, hash: one.last.hash } });
    });

    test('discards what repeats, asks for what is missing, keeps apart what contradicts', async () => {
      const { log, feed } = open();
      const chain = new Chain().add({ n: 1 }).add({ n: 2 }).add({ n: 3 });
      const twin = chain.fork(1).add({ n: 9 });
      expect(await take(log, facts(chain, 2))).toEqual([{ kind: 'gap', upto: 0 }]);
      const count = { stored: 0, repeated: 0, quarantined: 0 };
      expect(await take(log, facts(chain), facts(chain), facts(twin, 2))).toEqual([
        { kind: 'stored', upto: 3, ...count, stored: 3 },
        { kind: 'stored', upto: 3, ...count, repeated: 3 },
        { kind: 'stored', upto: 2, ...count, quarantined: 1 },
      ]);
      expect(await textsOf(feed)).toEqual([1, 2, 3]);
      expect((await take(log, hello(twin)))[0]).toMatchObject({ suspected: ['fork'] });
    });

    test('keeps apart what has nothing before it any more, and what follows that', async () => {
      const { log } = open();
      const chain = new Chain().add().add().add().add();
      expect(await take(log, facts(chain.fork(3), 3, true))).toMatchObject([{ quarantined: 1 }]);
      expect(await take(log, facts(chain, 4))).toMatchObject([{ kind: 'stored', quarantined: 1 }]);
    });

    test('goes on with an epoch that another took the place of, and suspects the one before', async () => {
      const { log } = open();
      const before = new Chain().add({ n: 1 }).add({ n: 2 });
      await take(log, facts(before));
      const { epoch } = before;
      const after = new Chain('gate-1');
      const first = { event: 'ledger.epoch-opened', seq: 3, prev: before.last.hash };
      after.add({ before: epoch, upto: 2, held: 2 }, first);
      const [item = ''] = after.items;
      const of = { terminal: 'gate-1', epoch: after.epoch };
      const told: Told = { kind: 'facts', of, from: 3, items: [item], isAll: false };
      expect(await take(log, told)).toMatchObject([{ kind: 'stored', stored: 1, upto: 3 }]);
      expect(await take(log, hello(before))).toMatchObject([{ suspected: ['fork'] }]);
    });

    test('keeps nothing of a frame that holds no fact, and all of what was told beside it', async () => {
      const { log, feed } = open();
      const good = new Chain('gate-1').add({ n: 1 });
      const bad = new Chain('gate-2').add({ n: 2 });
      bad.items.push('{"seq":2}');
      const taken = await take(log, facts(bad), facts(good));
      expect(taken).toMatchObject([{ kind: 'not-facts' }, { kind: 'stored', stored: 1 }]);
      expect(await textsOf(feed)).toEqual([1]);
      expect(await take(log, hello(bad))).toMatchObject([{ upto: 0 }]);
    });

    test('takes two at once one after the other: the cursor has no hole, and nothing is there twice', async () => {
      const { log, feed } = open();
      const chain = new Chain();
      for (let n = 1; n <= 20; n += 1) chain.add({ n });
      const taken = await Promise.all(
        Array.from({ length: 20 }, (_, n) => take(log, facts(chain.fork(n + 1), 1))),
      );
      expect(
        taken.flat().reduce((sum, each) => sum + ('stored' in each ? each.stored : 0), 0),
      ).toBe(20);
      expect(await textsOf(feed)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
    });

    test('feeds by a cursor: each fact once, in the order of arrival, of the events that are asked for', async () => {
      const { log, feed } = open();
      const mark = feed.changeMark();
      const chain = new Chain().add({ n: 1 }).add({}, { event: 'entry.undone' }).add({ n: 3 });
      await take(log, facts(chain));
      expect(feed.changeMark()).not.toBe(mark);
      const first = await feed.ofEventsAfter(['entry.granted'], 0);
      expect(first.facts).toHaveLength(2);
      expect(await textsOf(feed, first.upto)).toEqual([]);
      await take(log, facts(chain.add({ n: 4 }), 4));
      expect(await textsOf(feed, first.upto)).toEqual([4]);
    });

    test('takes what is known of a clock, also of a ledger that is gone', async () => {
      const { log } = open();
      const sample = { mono: 1, earliest: NOW, latest: NOW };
      const of = { terminal: 'nobody', epoch: new Chain().epoch, boot: 1 };
      await expect(log.noteClocks([[of, sample]])).resolves.toBeUndefined();
    });
  });
}
