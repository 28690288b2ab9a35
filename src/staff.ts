/**
 * What staff decides at a terminal: take an entry back, say whether a paper came out. Each is a fact with who and why,
 * written beside a running daemon or without one.
 */

import type { Config } from './config.ts';
import { entryState, type Fact, type NewFact } from './domain/fact.ts';
import { openLedger } from './state-folder.ts';
import { DiskFullError, type Ledger, LedgerError } from './store/ledger.ts';
import { LedgerFile } from './store/ledger-file.ts';

/** A request that can't be done, in words for the person at the keyboard. */
export class StaffError extends Error {}

export interface Decision {
  readonly by: string;
  readonly why: string;
}

/** A paper that waits for staff. */
export interface OpenPaper {
  readonly paper: string;
  readonly ticket: string;
  readonly state: 'owed' | 'unknown';
  readonly since: string;
}

export function undoEntry(config: Config, ticket: string, decision: Decision): Fact {
  return withLedger(config, (ledger) => {
    const granted = latest(ledger, 'entry.granted', (fact) => fact.body['ticket'] === ticket);
    const subject = granted?.subject ?? null;
    if (granted === null || subject === null) {
      throw new StaffError(`no entry of ticket ${ticket} is in the ledger of ${config.name}`);
    }
    if (entryState(ledger.factsAbout(subject)).entered === null) {
      throw new StaffError(`the entry of ticket ${ticket} has been taken back already`);
    }
    const { list, ref, gate } = granted.body;
    const body = { ticket, list, ref, gate, by: decision.by, why: decision.why };
    return recordOne(ledger, { event: 'entry.undone', subject, body });
  });
}

export function openPapers(config: Config): OpenPaper[] {
  return withLedger(config, (ledger) => {
    /** By paper, with the subject of its entry. */
    const open = new Map<string, { subject: string | null; shown: OpenPaper }>();
    for (const fact of ledger.facts(0)) {
      const { event, subject, body, at: since } = fact;
      if (NOTHING_OWED_AFTER.has(event)) {
        for (const [paper, { subject: about, shown }] of open) {
          if (about === subject && shown.state === 'owed') open.delete(paper);
        }
      }
      if (!event.startsWith('print.')) continue;
      const paper = String(body['paper']);
      const state = stateAfter(fact);
      open.delete(paper);
      if (state === null) continue;
      open.set(paper, { subject, shown: { paper, ticket: String(body['ticket']), state, since } });
    }
    return [...open.values()].map(({ shown }) => shown);
  });
}

/** Another paper was planned for the entry, or the entry is none any more. */
const NOTHING_OWED_AFTER: ReadonlySet<string> = new Set(['receipt.claimed', 'entry.undone']);

/** How a paper stands after a fact about it; null when it waits for nobody. */
function stateAfter({ event, body }: Fact): OpenPaper['state'] | null {
  if (event === 'print.unknown') return 'unknown';
  const isOwed = event === 'print.owed' || (event === 'print.settled' && body['printed'] === false);
  return isOwed ? 'owed' : null;
}

/**
 * Closes a paper: one whose outcome could not be known (not printed: it is owed from now on), or an owed one that staff
 * has handed out otherwise.
 */
export function settlePaper(
  config: Config,
  paper: string,
  printed: boolean,
  decision: Decision,
): Fact {
  return withLedger(config, (ledger) => {
    const isOfPaper = (fact: Fact) => fact.body['paper'] === paper;
    const asked =
      latest(ledger, 'print.unknown', isOfPaper) ?? latest(ledger, 'print.owed', isOfPaper);
    const number = Number(paper.slice(paper.lastIndexOf('-') + 1));
    const step = ledger.steps
      .about('receipt', asked?.subject ?? '')
      .find((planned) => planned.number === number);
    const waits = step?.state === 'unknown' || (step?.state === 'failed' && printed);
    if (asked === null || step === undefined || !waits) {
      throw new StaffError(`paper ${paper} is not one that waits for this answer`);
    }
    const { ticket, list, ref } = asked.body;
    const body = { paper, ticket, list, ref, printed, by: decision.by, why: decision.why };
    const [fact] = ledger.record(
      [{ event: 'print.settled', subject: asked.subject, body }],
      (steps) => {
        steps.move(step.id, 'settled', { printed });
      },
    );
    if (fact === undefined) throw new Error('the ledger recorded nothing');
    return fact;
  });
}

function recordOne(ledger: Ledger, newFact: NewFact): Fact {
  const [fact] = ledger.record([newFact]);
  if (fact === undefined) throw new Error('the ledger recorded nothing');
  return fact;
}

/** Reads the whole ledger, as every command here does: about a second for the 100,000 facts of 30,000 visitors. */
function latest(
  ledger: Ledger,
  event: Fact['event'],
  matches: (fact: Fact) => boolean,
): Fact | null {
  let found: Fact | null = null;
  for (const fact of ledger.facts(0)) {
    if (fact.event === event && matches(fact)) found = fact;
  }
  return found;
}

/** A command of staff never begins a ledger: where there is none, it was called with the wrong configuration. */
function withLedger<Result>(config: Config, work: (ledger: Ledger) => Result): Result {
  if (!LedgerFile.isIn(config.state)) {
    throw new StaffError(`${config.state}: no ledger here; is it the state folder of a terminal?`);
  }
  try {
    const { clock, ledger } = openLedger(config, { countsAsBoot: false });
    try {
      return work(ledger);
    } finally {
      ledger.close();
      clock.close();
    }
  } catch (error) {
    if (!(error instanceof LedgerError || error instanceof DiskFullError)) throw error;
    throw new StaffError(error.message, { cause: error });
  }
}
