/** The gate on the real PC/SC stack: pcscd, a virtual reader, the card's own process, and what can become of them. */

import { setTimeout as pause } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import type { CardDefinition } from '../../devices/card/sim-card.ts';
import type { Line } from '../journal-lines.ts';
import { oneForAll } from '../rig/one-for-all.ts';
import { type Site, withSite } from '../rig/site.ts';
import { stopwatch } from '../rig/stopwatch.ts';

vi.setConfig({ testTimeout: 300_000 });

/** What is demanded on a machine that does nothing else, times four. */
const BACK_MS_MAX = 4 * 5_000;
const ANSWER_MS_MAX = 4 * 3_000;

/** pcscd looks every 400 ms; who follows faster is the business of the tests that swap cards. */
const NEXT_PERSON_MS = 1_000;

/** Slow enough that something can happen while it is read, and quick enough to be read. */
const SLOW = { bitRate: 0, perApduMs: 120, signatureMs: 0 };

const TICKETS = 24;

/** A gate and somebody at its reader: all stories are told at one site. */
class AtTheReader {
  readonly site: Site;
  #sold = 0;
  #from = 0;
  #isOpen = false;

  constructor(site: Site) {
    this.site = site;
  }

  /** A gate that serves stands there, and nobody has held a card over it for a while. */
  async begin(): Promise<void> {
    if (this.#isOpen) await pause(NEXT_PERSON_MS);
    else await this.#openGate();
    this.#from = this.site.gate.lines.all.length;
  }

  async #openGate(): Promise<void> {
    const gate = await this.site.openGate();
    this.#isOpen = true;
    void gate.exited.then(() => {
      this.#isOpen = false;
    });
  }

  /** The ticket of somebody who has not entered. */
  newTicket(): string {
    this.#sold += 1;
    if (this.#sold > TICKETS) throw new Error('more tickets are needed');
    return `T-${this.#sold}`;
  }

  /** What the gate has said in this story. */
  get lines(): readonly Line[] {
    return this.site.gate.lines.all.slice(this.#from);
  }

  get entries(): readonly Line[] {
    return this.lines.filter(({ event }) => event.startsWith('entry.'));
  }
}

const withReader = oneForAll<AtTheReader>((story) =>
  withSite({ reader: 'pcsc', tickets: TICKETS }, (site) => story(new AtTheReader(site))),
);

/** A gate on pcscd that serves, and people with tickets who have not entered. The gate serves afterwards, or has ended. */
function atTheReader(story: (site: Site, at: AtTheReader) => Promise<void>): Promise<void> {
  return withReader(async (at) => {
    await at.begin();
    await story(at.site, at);
    expect(at.site.gate.lines.count({ event: 'event.dropped' })).toBe(0);
  });
}

/** The processes below the gate that hold the reader. */
function cardProcesses(site: Site): number[] {
  const found = [...site.gate.processes()].filter(([, command]) =>
    command.includes('pcsc-process'),
  );
  return found.map(([pid]) => pid);
}

test('pcscd killed: out of service, in service again soon after its return, and the next tap is granted', () =>
  atTheReader(async (site, at) => {
    const { pid } = site.gate;
    for (const ticket of [at.newTicket(), at.newTicket()]) {
      const lost = site.upcoming({ event: 'terminal.out-of-service', reason: 'reader-lost' });
      await site.killPcscd();
      await lost;
      const back = site.upcoming({ event: 'terminal.in-service' });
      await site.startPcscdAgain();
      const took = stopwatch();
      await back;
      expect(took()).toBeLessThan(BACK_MS_MAX);
      expect(await site.tap(site.cardOf(ticket))).toMatchObject({ event: 'entry.granted' });
    }
    expect(site.gate.pid).toBe(pid);
  }));

test('pcscd killed while a card is read: no answer for that card, and it can be held again', () =>
  atTheReader(async (site, at) => {
    const ticket = at.newTicket();
    const after = site.gate.lines.all.length;
    await site.holdUntil({ ...site.cardOf(ticket), timing: SLOW }, 5);
    await site.killPcscd();
    await site.gate.next({ event: 'card.unreadable', reason: 'card-removed' }, after);
    await site.remove();
    expect(at.entries).toEqual([]);
    const back = site.upcoming({ event: 'terminal.in-service' });
    await site.startPcscdAgain();
    await back;
    expect(await site.tap(site.cardOf(ticket))).toMatchObject({ event: 'entry.granted', ticket });
  }));

test('a card pulled while it is read: hold it again, and no fact of an entry', () =>
  atTheReader(async (site, at) => {
    const ticket = at.newTicket();
    const card = site.cardOf(ticket);
    for (const removedAfter of [0, 3, 6]) {
      const answer = await site.tap(broken(card, { removedAfter }));
      await pause(NEXT_PERSON_MS);
      expect(answer).toMatchObject({ event: 'card.unreadable', reason: 'card-removed' });
    }
    expect(at.entries).toEqual([]);
    expect(await site.tap(card)).toMatchObject({ event: 'entry.granted', ticket });
  }));

test.each([
  ['at once', 0],
  ['after 90 ms', 90],
])('another card put down %s never gets the answer of the first, and is served', (_when, ms) =>
  atTheReader(async (site, at) => {
    const [first, second] = [at.newTicket(), at.newTicket()];
    const after = site.gate.lines.all.length;
    await site.holdUntil({ ...site.cardOf(first), timing: SLOW }, 5);
    await site.remove();
    await pause(ms);
    await site.hold(site.cardOf(second));
    await site.gate.next({ event: 'card.unreadable', reason: 'card-removed' }, after);
    await site.gate.next({ event: 'entry.granted', ticket: second }, after);
    await site.remove();
    expect(at.entries).toHaveLength(1);
  }),
);

test('another card put down on the answer of the first gets its own', () =>
  atTheReader(async (site, at) => {
    const after = site.gate.lines.all.length;
    for (const ticket of [at.newTicket(), at.newTicket()]) {
      await site.hold(site.cardOf(ticket));
      await site.gate.next({ event: 'entry.granted', ticket }, after);
      await site.remove();
    }
  }));

test('a card that is none, or is broken, gets its reason soon, and the next one is served', () =>
  atTheReader(async (site, at) => {
    const ticket = at.newTicket();
    const card = site.cardOf(ticket);
    const bad: [CardDefinition, event: string, reason: string][] = [
      [{ kind: 'transit' }, 'entry.refused', 'card-not-supported'],
      [{ ...card, kind: 'phone' }, 'entry.refused', 'phone-not-supported'],
      [{ ...card, atr: 'FFFF' }, 'card.unreadable', 'card-unreadable'],
      [broken(card, { certificate: 'truncated' }), 'card.unreadable', 'card-unreadable'],
      [broken(card, { certificate: 'oversized' }), 'card.unreadable', 'card-unreadable'],
      [broken(card, { endless61: true }), 'card.unreadable', 'card-unreadable'],
      [broken(card, { muteAfter: 3 }), 'card.unreadable', 'card-unreadable'],
    ];
    for (const [held, event, reason] of bad) {
      const took = stopwatch();
      expect(await site.tap(held), JSON.stringify(held.faults ?? held.kind)).toMatchObject({
        event,
        reason,
      });
      expect(took()).toBeLessThan(ANSWER_MS_MAX);
      await pause(NEXT_PERSON_MS);
    }
    const took = stopwatch();
    expect(await site.tap(card)).toMatchObject({ event: 'entry.granted', ticket });
    expect(took()).toBeLessThan(ANSWER_MS_MAX);
    expect(at.lines.filter(({ event }) => event === 'device.lost')).toEqual([]);
  }));

test('the card process killed, or frozen: it is replaced, and the next card is served', () =>
  atTheReader(async (site, at) => {
    for (const signal of ['SIGKILL', 'SIGSTOP'] as const) {
      const [before = 0, ...more] = cardProcesses(site);
      expect(more).toEqual([]);
      const lost = site.upcoming({ event: 'device.lost', device: 'reader' });
      const back = site.gate.next({ event: 'terminal.in-service' }, site.gate.lines.all.length);
      process.kill(before, signal);
      await lost;
      await back;
      // The one that was frozen is ended by a signal, too.
      await expect.poll(() => cardProcesses(site)).not.toContain(before);
      expect(cardProcesses(site)).toEqual([expect.any(Number)]);
      const answer = await site.tap(site.cardOf(at.newTicket()));
      expect(answer).toMatchObject({ event: 'entry.granted' });
    }
  }));

test('the card process frozen while it reads: hold it again, and then the card is served', () =>
  atTheReader(async (site, at) => {
    const ticket = at.newTicket();
    const [frozen = 0] = cardProcesses(site);
    const after = site.gate.lines.all.length;
    await site.holdUntil({ ...site.cardOf(ticket), timing: SLOW }, 5);
    process.kill(frozen, 'SIGSTOP');
    await site.gate.next({ event: 'card.unreadable' }, after);
    await site.remove();
    await site.gate.next({ event: 'terminal.in-service' }, after);
    expect(at.entries).toEqual([]);
    expect(await site.tap(site.cardOf(ticket))).toMatchObject({ event: 'entry.granted', ticket });
  }));

test.each(['SIGKILL', 'SIGTERM'] as const)(
  'a gate that gets %s while it reads a card leaves no process behind',
  (signal) =>
    atTheReader(async (site, at) => {
      expect(cardProcesses(site)).toHaveLength(1);
      await site.holdUntil({ ...site.cardOf(at.newTicket()), timing: SLOW }, 5);
      site.gate.kill(signal);
      await site.gate.exited;
      await expect.poll(() => [...site.gate.processes()]).toEqual([]);
      await site.remove();
    }),
);

test('a frozen card process does not outlive a gate that is killed', () =>
  atTheReader(async (site) => {
    const [frozen = 0] = cardProcesses(site);
    process.kill(frozen, 'SIGSTOP');
    await site.gate.killHard();
    await expect.poll(() => [...site.gate.processes()]).toEqual([]);
  }));

function broken(
  card: CardDefinition,
  faults: NonNullable<CardDefinition['faults']>,
): CardDefinition {
  return { ...card, faults };
}
