/**
 * Power cuts between the tap and the paper: visitors hold their cards, and gate or platform are killed at a moment that
 * the seed chose. After each cut the ledger says what must happen to the same card next, and the printer, which outlives
 * both, shows at the end what really came out.
 *
 * A seed replays the choices; the machine's own timing it can't replay.
 */

import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { textOfPaper } from '../../devices/receipt/sim-paper.ts';
import type { Fact } from '../../src/domain/fact.ts';
import type { Line } from '../journal-lines.ts';
import { durableFacts } from '../rig/durable-facts.ts';
import { type Site, withSite } from '../rig/site.ts';
import { Dice } from './dice.ts';

const TICKETS = ['T-1', 'T-2', 'T-3', 'T-4'] as const;
const ROUNDS = 6;
/** A receipt takes a fifth of a second, as a quick printer's does. */
const LINE_MS = 5;

/** What may be killed. */
const VICTIMS = ['gate', 'gate', 'gate', 'gate', 'platform', 'both'] as const;
/** From which moment the time to the cut is counted, and how many ms it may be. */
const MOMENTS = [
  { after: 'touch', withinMs: 12 },
  { after: 'touch', withinMs: 30 },
  { after: 'hold', withinMs: 500 },
  { after: 'entry.granted', withinMs: 10 },
  { after: 'print.intent', withinMs: 300 },
] as const;

const PAPER_ENDS: ReadonlySet<string> = new Set(['print.done', 'print.owed', 'print.unknown']);

/**
 * Runs the story of a seed, and hands back what the visitors were told when they held their cards again; rejects with
 * what went wrong and how to see it again.
 */
export async function killStory(seed: number): Promise<readonly string[]> {
  try {
    return await withSite({ tickets: TICKETS.length, printer: { lineMs: LINE_MS } }, (site) =>
      new KillStory(site, new Dice(seed)).run(),
    );
  } catch (error) {
    throw new Error(`seed ${seed} (KAZASU_SEED=${seed} replays it)`, { cause: error });
  }
}

class KillStory {
  readonly #site: Site;
  readonly #dice: Dice;
  readonly #told: string[] = [];

  constructor(site: Site, dice: Dice) {
    this.#site = site;
    this.#dice = dice;
  }

  async run(): Promise<readonly string[]> {
    const site = this.#site;
    await site.openGate();
    for (let round = 1; round <= ROUNDS; round += 1) {
      const ticket = this.#dice.pick(TICKETS);
      await this.#cutDuringTap(ticket);
      await this.#holdAgain(ticket);
    }
    const { seq } = (await this.#ledger()).at(-1) ?? { seq: 0 };
    await site.gate.first(({ event, upto }) => event === 'facts.acknowledged' && upto === seq);
    expect(await site.gate.end()).toBe(0);
    await this.#everythingFits(await this.#ledger());
    return this.#told;
  }

  async #cutDuringTap(ticket: string): Promise<void> {
    const site = this.#site;
    const victim = this.#dice.pick(VICTIMS);
    const { after, withinMs } = this.#dice.pick(MOMENTS);
    const ms = this.#dice.next() * withinMs;
    const { gate } = site;
    const before = gate.lines.all.length;
    const held = site.hold(site.cardOf(ticket)).catch(() => {});
    if (after !== 'touch') await held;
    // An entry that was made before makes no such line again.
    if (after.includes('.'))
      await gate.first(({ event }) => event === after, before, 1_000).catch(() => {});
    await pause(ms);
    const killed = [];
    if (victim !== 'platform') killed.push(gate.killHard());
    if (victim !== 'gate') killed.push(site.platform.killHard());
    await Promise.all(killed);
    if (victim !== 'gate') await site.startPlatform();
    if (victim === 'platform') await this.#tapIsOver(ticket, before);
    else await site.openGate();
    await site.remove();
  }

  /** The gate lives: its tap is answered, and the paper that belongs to it has an end. */
  async #tapIsOver(ticket: string, after: number): Promise<void> {
    const { gate } = this.#site;
    const answer = await gate.first(({ event }) => isAnswer(event), after);
    if (makesPaper(answer)) await this.#paperEnds(ticket, after);
  }

  #paperEnds(ticket: string, after: number): Promise<Line> {
    return this.#site.gate.first(
      (line) => PAPER_ENDS.has(line.event) && line['ticket'] === ticket,
      after,
    );
  }

  /** The visitor holds the card again, as often as it takes to have entered and to have a paper. */
  async #holdAgain(ticket: string): Promise<void> {
    const site = this.#site;
    for (let tries = 1; ; tries += 1) {
      const expected = nextAnswer(about(ticket, await this.#ledger()));
      const before = site.gate.lines.all.length;
      const answer = await site.tap(site.cardOf(ticket));
      expect([ticket, answer['reason'] ?? answer.event]).toEqual([ticket, expected]);
      this.#told.push(expected);
      if (makesPaper(answer)) await this.#paperEnds(ticket, before);
      if (expected === 'already-entered') return;
      if (expected === 'receipt-unsettled') await this.#staffLooks(ticket);
      if (tries > 4) throw new Error(`${ticket} is held again and again without an end`);
    }
  }

  /** Staff says the truth: whether the paper lies in the tray, whole. */
  async #staffLooks(ticket: string): Promise<void> {
    const asked = about(ticket, await this.#ledger()).findLast(
      ({ event }) => event === 'print.unknown',
    );
    const paper = String(asked?.body['paper']);
    const printed = this.#wholePapers(paper) > 0 ? 'yes' : 'no';
    const who = ['--by', 'Mori', '--why', 'looked into the tray'];
    await this.#site.staffCommand('settle', paper, '--printed', printed, ...who);
    await this.#site.gate.next({ event: 'print.settled', paper });
  }

  /** How many whole papers came out that say this ticket or paper number. */
  #wholePapers(words: string): number {
    return this.#site.printer.papers.filter(
      (paper) => paper.complete && textOfPaper(paper).some((line) => line.includes(words)),
    ).length;
  }

  #ledger(): Promise<Fact[]> {
    return durableFacts(this.#site.gateState, 'gate-1');
  }

  async #everythingFits(facts: readonly Fact[]): Promise<void> {
    const site = this.#site;
    const told = facts.map(({ seq, event, at, epoch }) => ({ seq, event, at, epoch }));
    const held = (await site.facts()).map(({ seq, event, at, epoch }) => ({
      seq,
      event,
      at,
      epoch,
    }));
    expect(held).toEqual(told);
    const journal = (await site.journal()).filter(({ seq }) => seq !== undefined);
    expect(journal.map(({ seq, event }) => ({ seq, event }))).toEqual(
      facts.map(({ seq, event }) => ({ seq, event })),
    );
    for (const ticket of TICKETS) {
      const entries = about(ticket, facts).filter(({ event }) => event === 'entry.granted');
      expect(entries.length).toBeLessThanOrEqual(1);
      expect([ticket, this.#wholePapers(ticket)]).toEqual([ticket, entries.length]);
    }
    for (const [paper, state] of papersOf(facts)) {
      const whole = state === 'print.done' || state === 'settled: printed' ? 1 : 0;
      expect([paper, state, this.#wholePapers(paper)]).toEqual([paper, state, whole]);
    }
    expect(site.printer.unknownBytes.count).toBe(0);
  }
}

function isAnswer(event: string): boolean {
  return ['entry.granted', 'entry.refused', 'receipt.claimed', 'card.unreadable'].includes(event);
}

function makesPaper({ event }: Line): boolean {
  return event === 'entry.granted' || event === 'receipt.claimed';
}

function about(ticket: string, facts: readonly Fact[]): Fact[] {
  return facts.filter(({ body }) => body['ticket'] === ticket);
}

/**
 * What the ledger's facts about a ticket promise to its holder, once the gate has settled what a cut left open: a paper
 * that was only planned is owed, one that may have been sent is asked about.
 */
function nextAnswer(facts: readonly Fact[]): string {
  const last = facts.findLast(({ event }) => event !== 'entry.refused');
  switch (last?.event) {
    case undefined:
      return 'entry.granted';
    case 'entry.granted':
    case 'receipt.claimed':
    case 'print.owed':
      return 'receipt.claimed';
    case 'print.intent':
    case 'print.unknown':
      return 'receipt-unsettled';
    case 'print.done':
      return 'already-entered';
    case 'print.settled':
      return last.body['printed'] === true ? 'already-entered' : 'receipt.claimed';
    default:
      throw new Error(`${last?.event} is no fact about a ticket`);
  }
}

/** The last word about each paper. */
function papersOf(facts: readonly Fact[]): Map<string, string> {
  const papers = new Map<string, string>();
  for (const { event, body } of facts) {
    if (!event.startsWith('print.')) continue;
    const settled = body['printed'] === true ? 'settled: printed' : 'settled: not printed';
    papers.set(String(body['paper']), event === 'print.settled' ? settled : event);
  }
  return papers;
}
