/** What staff decides at a keyboard, beside a running daemon or without one: the ledger is opened for one decision. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import type { EntryListManifest } from '../domain/entry-list.ts';
import type { Fact } from '../domain/fact.ts';
import type { PaperShown } from '../domain/screen.ts';
import { ticketNumber } from '../domain/ticket-number.ts';
import { entryOf } from '../service-config.ts';
import { openLedger } from '../state-folder.ts';
import { Heard } from '../store/heard.ts';
import { LedgerError } from '../store/ledger.ts';
import { LedgerFile } from '../store/ledger-file.ts';
import { keptLists } from '../store/list-inspection.ts';
import { StaffBook } from './book.ts';
import {
  closePaper,
  type Decision,
  isNotRecorded,
  type StaffRecords,
  takeBack,
} from './decisions.ts';
import { openPapersOf } from './open-papers.ts';
import { enterByTicket } from './ticket-entry.ts';

/** A request that can't be done, in words for the person at the keyboard. */
export class StaffError extends Error {}

/** Lets somebody in by the number of the ticket in their hand. Throws StaffError, as all of these do. */
export function enterTicket(config: Config, ticket: string, decision: Decision): Fact {
  const entry = entryOf(config);
  if (entry === null) throw new StaffError(`${config.name} lets nobody in: it has no event entry`);
  const { list, gate } = entry;
  const number = numberOf(ticket);
  const { version, reentry } = manifestIn(config.state, list) ?? {};
  return withLedger(config, (records) => {
    const request = { list, version, reentry, gate, number, ...decision };
    const outcome = enterByTicket(records, request);
    if (outcome.result === 'entered') return outcome.fact;
    const { at, gate: where } = outcome.first;
    throw new StaffError(`ticket ${number} has entered already, at ${at}, gate ${where}`);
  });
}

export function undoEntry(config: Config, ticket: string, decision: Decision): Fact {
  const number = numberOf(ticket);
  return withLedger(config, (records) => {
    const outcome = takeBack(records, null, number, decision);
    if (outcome.result === 'undone') return outcome.fact;
    const { entry } = outcome;
    if (entry === null) {
      throw new StaffError(`no entry of ticket ${ticket} is in the ledger of ${config.name}`);
    }
    throw new StaffError(
      entry.undone
        ? `the entry of ticket ${ticket} has been taken back already`
        : `ticket ${ticket} was let in, and nobody walked through`,
    );
  });
}

/** The papers that wait for staff, oldest first. */
export function openPapers(config: Config): PaperShown[] {
  return withLedger(config, ({ ledger }) => openPapersOf(ledger.facts(0)));
}

/** Says whether a paper came out, or was handed out otherwise. */
export function settlePaper(
  config: Config,
  paper: string,
  printed: boolean,
  decision: Decision,
): Fact {
  return withLedger(config, (records) => {
    const fact = closePaper(records, paper, printed, decision);
    if (fact === null) throw new StaffError(`paper ${paper} is not one that waits for this answer`);
    return fact;
  });
}

/** Of the version that a start would decide by; null: there is none on the disk. */
function manifestIn(state: string, list: string): EntryListManifest | null {
  const directory = join(state, 'lists');
  const kept = existsSync(directory) ? keptLists(directory) : [];
  return kept.find((each) => each.list === list && each.manifest !== null)?.manifest ?? null;
}

function numberOf(ticket: string): string {
  const number = ticketNumber(ticket);
  if (number === null) throw new StaffError(`${JSON.stringify(ticket)} is no ticket number`);
  return number;
}

/** A command of staff never begins a ledger: where there is none, it was called with the wrong configuration. */
export function withLedger<Result>(
  config: Config,
  work: (records: StaffRecords) => Result,
): Result {
  if (!LedgerFile.isIn(config.state)) {
    throw new StaffError(`${config.state}: no ledger here; is it the state folder of a terminal?`);
  }
  try {
    const { clock, ledger } = openLedger(config, { countsAsBoot: false });
    const heard = Heard.openBeside(config.state);
    if (heard !== null) ledger.beside = heard;
    try {
      return work({ ledger, book: new StaffBook(ledger) });
    } finally {
      heard?.close();
      ledger.close();
      clock.close();
    }
  } catch (error) {
    if (!(error instanceof LedgerError || isNotRecorded(error))) throw error;
    throw new StaffError((error as Error).message, { cause: error });
  }
}
