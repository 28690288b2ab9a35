/** What every payment unit of ours must do, whatever line it is on: run against the model in memory and on a tty. */

import { describe, expect, test, vi } from 'vitest';
import {
  type DroppedAnswer,
  PaymentLostError,
  type PaymentMeans,
} from '../../devices/payment/payment.ts';
import type { PaymentTiming } from '../../devices/payment/payment-conversation.ts';
import type { AnswerFault } from '../../devices/payment/sim-unit.ts';
import {
  newId,
  PATIENCE,
  PATIENT,
  QUICK,
  type StartPaymentRig,
  Story,
  YEN,
} from './payment-story.ts';

type Tell = (tell: (story: Story) => Promise<void>, timing?: PaymentTiming) => () => Promise<void>;

export function paymentContract(name: string, start: StartPaymentRig): void {
  const story: Tell =
    (tell, timing = PATIENT) =>
    async () => {
      const rig = await start({});
      const told = new Story(rig, timing);
      try {
        await told.open();
        await tell(told);
      } finally {
        await told.close();
        await rig.stop();
      }
    };
  describe.concurrent(`a payment unit ${name}`, { timeout: 60_000 }, () => {
    moneyThatIsHeld(story);
    moneyThatIsNotTaken(story);
    answersThatGoWrong(story);
    linesThatGo(story);
    kiosksThatGo(start);
  });
}

function moneyThatIsHeld(story: Tell): void {
  test(
    'holds what is put in until it is enough, and takes it once, with its change',
    story(async (world) => {
      const { unit, driver, inserted } = world;
      expect(driver.means).toEqual(['cash', 'e-money']);
      const id = newId();
      expect(await driver.stateOf(id)).toBe('none');
      const outcome = world.authorise(id);
      await world.collecting(id);
      unit.insert(100);
      await vi.waitFor(() => expect(inserted).toEqual([100]), PATIENCE);
      expect(await driver.stateOf(id)).toBe('collecting');
      unit.insert(500);
      expect(await outcome).toEqual({ outcome: 'authorised' });
      expect(inserted).toEqual([100, 600]);
      expect(await driver.stateOf(id)).toBe('authorised');
      expect([unit.books.takings, unit.books.tray]).toEqual([0, []]);
      for (let times = 0; times < 3; times += 1) {
        expect(await driver.capture(id)).toEqual({ outcome: 'done' });
        expect([unit.books.takings, unit.books.tray]).toEqual([YEN, [100, 50]]);
      }
      expect(await driver.stateOf(id)).toBe('captured');
    }),
  );

  test(
    'holds e-money and takes it once',
    story(async (world) => {
      const { unit, driver } = world;
      const id = newId();
      const outcome = world.authorise(id, 'e-money');
      await world.collecting(id);
      unit.insert(500);
      unit.touch('suica');
      expect(await outcome).toEqual({ outcome: 'authorised' });
      expect(await driver.capture(id)).toEqual({ outcome: 'done' });
      expect(await driver.capture(id)).toEqual({ outcome: 'done' });
      expect([unit.books.wallet('suica'), unit.books.takings]).toEqual([5_000 - YEN, YEN]);
      // Cash that no payment waits for comes back.
      expect(unit.books.tray).toEqual([500]);
    }),
  );

  test(
    'asked for the same payment twice holds it once; for another amount under its id it says nothing',
    story(async (world) => {
      const { driver, unit } = world;
      const id = await world.authorised();
      expect(await world.authorise(id)).toEqual({ outcome: 'authorised' });
      const dearer = { id, yen: 500, means: 'cash' } as const;
      const signal = new AbortController().signal;
      expect(await driver.authorise(dearer, { inserted: () => {} }, signal)).toEqual({
        outcome: 'unknown',
      });
      expect(await driver.capture(id)).toEqual({ outcome: 'done' });
      expect(unit.books.takings).toBe(YEN);
    }),
  );
}

function moneyThatIsNotTaken(story: Tell): void {
  test(
    'gives back what it holds, once, and takes nothing under that id any more',
    story(async (world) => {
      const { unit, driver } = world;
      const id = await world.authorised();
      expect(await driver.void(id)).toEqual({ outcome: 'done' });
      expect(await driver.void(id)).toEqual({ outcome: 'done' });
      expect(unit.books.tray).toEqual([500]);
      expect(await driver.capture(id)).toEqual({ outcome: 'refused', state: 'voided' });
      expect(await world.authorise(id)).toEqual({ outcome: 'not-authorised', why: 'stopped' });
      expect(unit.books.takings).toBe(0);
    }),
  );

  test(
    'does not give back what it took, and does not take what nobody authorised',
    story(async (world) => {
      const { unit, driver } = world;
      const id = await world.authorised();
      await driver.capture(id);
      expect(await driver.void(id)).toEqual({ outcome: 'refused', state: 'captured' });
      expect(await driver.capture(newId())).toEqual({ outcome: 'refused', state: 'none' });
      expect(unit.books.takings).toBe(YEN);
    }),
  );

  test(
    'an id that is voided before it was heard of takes nothing when it comes after all',
    story(async (world) => {
      const id = newId();
      expect(await world.driver.void(id)).toEqual({ outcome: 'done' });
      expect(await world.authorise(id)).toEqual({ outcome: 'not-authorised', why: 'stopped' });
      expect(await world.driver.stateOf(id)).toBe('voided');
    }),
  );

  test(
    'gives back what was put in when the person stops',
    story(async (world) => {
      const stop = new AbortController();
      const id = newId();
      const outcome = world.authorise(id, 'cash', stop.signal);
      await world.collecting(id);
      world.unit.insert(100);
      stop.abort();
      expect(await outcome).toEqual({ outcome: 'not-authorised', why: 'stopped' });
      expect(world.unit.books.tray).toEqual([100]);
      expect(await world.authorise(newId(), 'cash', stop.signal)).toEqual({
        outcome: 'not-authorised',
        why: 'stopped',
      });
    }),
  );

  test(
    'says why it takes no money, and holds none of it',
    story(async (world) => {
      const { unit } = world;
      const refusal = async (means: PaymentMeans, then: (id: string) => Promise<void> | void) => {
        const id = newId();
        const outcome = world.authorise(id, means);
        await then(id);
        const said = await outcome;
        expect(await world.driver.stateOf(id)).toBe('voided');
        return said.outcome === 'not-authorised' ? said.why : said.outcome;
      };
      unit.condition = 'cash-full';
      expect(await refusal('cash', () => {})).toBe('cash-full');
      unit.condition = 'out-of-order';
      expect(await refusal('e-money', () => {})).toBe('out-of-order');
      unit.condition = 'well';
      for (let bought = 0; bought < 11; bought += 1) {
        const id = newId();
        const outcome = world.authorise(id, 'e-money');
        await world.collecting(id);
        unit.touch('poor');
        await outcome;
        await world.driver.capture(id);
      }
      const touched = async (id: string) => {
        await world.collecting(id);
        unit.touch('poor');
      };
      expect(await refusal('e-money', touched)).toBe('declined');
      unit.books.emptyBox();
      const paid = async (id: string) => {
        await world.collecting(id);
        unit.insert(1_000);
      };
      expect(await refusal('cash', paid)).toBe('no-change');
      expect(unit.books.tray).toEqual([1_000]);
      const open = newId();
      void world.authorise(open).catch(() => {});
      await world.collecting(open);
      expect(await refusal('cash', () => {})).toBe('busy');
    }),
  );

  test(
    'that lost its memory says that it does not know',
    story(async (world) => {
      const id = await world.authorised();
      world.unit.books.forget();
      expect(await world.driver.stateOf(id)).toBe('unknown');
      expect(await world.driver.capture(id)).toEqual({ outcome: 'unknown' });
      expect(await world.driver.void(id)).toEqual({ outcome: 'unknown' });
      expect(world.unit.books.takings).toBe(0);
    }),
  );
}

/** What the kiosk says it dropped; null: nothing came. */
const DROPPED: Readonly<Record<Exclude<AnswerFault, `power-${string}`>, DroppedAnswer | null>> = {
  late: 'not-asked',
  twice: 'not-asked',
  never: null,
  older: 'not-asked',
  'other-payment': 'other-request',
  damaged: 'damaged',
};

function answersThatGoWrong(story: Tell): void {
  const faults = Object.entries(DROPPED) as [AnswerFault, DroppedAnswer | null][];
  test.each(faults)(
    'an answer that goes wrong (%s) moves no money twice, and is dropped and told',
    (fault, reason) =>
      story(async (world) => {
        const { unit, driver, dropped } = world;
        const [taken, returned] = [newId(), newId()];
        for (const id of [taken, returned]) {
          unit.faults([fault]);
          const outcome = world.authorise(id);
          await world.collecting(id);
          unit.insert(500);
          expect(await outcome).toEqual({ outcome: 'authorised' });
          unit.faults([fault]);
          const settled = id === taken ? driver.capture(id) : driver.void(id);
          expect(await settled).toEqual({ outcome: 'done' });
        }
        unit.faults([]);
        expect(await driver.stateOf(taken)).toBe('captured');
        expect([unit.books.takings, unit.books.tray]).toEqual([YEN, [50, 500]]);
        if (reason !== null) {
          await vi.waitFor(() => expect(new Set(dropped)).toEqual(new Set([reason])), PATIENCE);
        }
        expect(world.lost).toEqual([]);
      }, QUICK)(),
  );

  test(
    'that never answers is lost, once, and what it did is known when it does again',
    story(async (world) => {
      const { unit } = world;
      const id = await world.authorised();
      unit.condition = 'silent';
      await expect(world.driver.capture(id)).rejects.toThrow(PaymentLostError);
      await expect(world.driver.stateOf(id)).rejects.toThrow(PaymentLostError);
      expect(world.lost).toEqual(['it does not answer']);
      await expect(world.open()).rejects.toThrow('it does not answer');
      unit.condition = 'well';
      await world.open();
      expect(await world.driver.stateOf(id)).toBe('captured');
      expect(unit.books.takings).toBe(YEN);
    }, QUICK),
  );
}

function linesThatGo(story: Tell): void {
  test.each(['power-before', 'power-after'] as const)(
    'that loses its power (%s) in the middle remembers what it had said, and no money moves twice',
    (fault) =>
      story(async (world) => {
        const { unit } = world;
        const cut = async (doing: () => Promise<unknown>) => {
          unit.faults([fault]);
          await expect(doing()).rejects.toThrow(PaymentLostError);
          unit.power(true);
          return world.open();
        };
        const early = newId();
        await cut(() => world.authorise(early));
        expect(await world.driver.stateOf(early)).toBe(fault === 'power-after' ? 'voided' : 'none');
        const id = await world.authorised();
        const driver = await cut(() => world.driver.capture(id));
        expect(await driver.stateOf(id)).toBe(fault === 'power-after' ? 'captured' : 'authorised');
        expect(await driver.capture(id)).toEqual({ outcome: 'done' });
        const other = await world.authorised();
        expect(await (await cut(() => world.driver.void(other))).void(other)).toEqual({
          outcome: 'done',
        });
        expect([unit.books.takings, unit.books.tray]).toEqual([YEN, [50, 500]]);
      }, QUICK)(),
  );

  test(
    'that is unplugged while money is put in is lost, opens again, and has held it all the time',
    story(async (world) => {
      const id = newId();
      const outcome = world.authorise(id);
      await world.collecting(id);
      world.unit.insert(100);
      const failed = expect(outcome).rejects.toThrow(PaymentLostError);
      await world.plug.pull();
      await failed;
      expect(world.lost).toHaveLength(1);
      await expect(world.open()).rejects.toThrow();
      await world.plug.putBack();
      await world.open();
      expect(await world.driver.void(id)).toEqual({ outcome: 'done' });
      expect(world.unit.books.tray).toEqual([100]);
    }),
  );
}

function kiosksThatGo(start: StartPaymentRig): void {
  test('gives the money back when the kiosk goes while it collects, not when it holds', async () => {
    const rig = await start({ abandonedMs: 200 });
    const world = new Story(rig, PATIENT);
    try {
      await world.open();
      const held = await world.authorised();
      await world.driver.capture(held);
      const id = newId();
      const outcome = world.authorise(id);
      await world.collecting(id);
      rig.unit.insert(100);
      const failed = expect(outcome).rejects.toThrow(PaymentLostError);
      await world.close();
      await failed;
      await vi.waitFor(
        () => expect(rig.unit.books.find(id)).toMatchObject({ state: 'voided', why: 'abandoned' }),
        PATIENCE,
      );
      expect(rig.unit.books.tray).toEqual([50, 100]);
      await world.open();
      const other = await world.authorised();
      await world.close();
      await new Promise((resolve) => setTimeout(resolve, 400));
      expect(rig.unit.books.find(other)?.state).toBe('authorised');
    } finally {
      await world.close();
      await rig.stop();
    }
  });
}
