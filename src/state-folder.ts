/** What a terminal keeps in its state folder: ledger, lists, alerts, journal; and the clock, whose high-water mark is kept there. */

import { basename, join } from 'node:path';
import type { Writable } from 'node:stream';
import { AlertState } from './alerts/alert-state.ts';
import { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { Journal } from './journal.ts';
import { lastJournaledFact } from './journal-reader.ts';
import { Recorder } from './recorder.ts';
import { codeOf, makeFolder, syncPath } from './store/disk.ts';
import { Ledger } from './store/ledger.ts';
import { ListShelf } from './store/list-shelf.ts';
import { SoleOwner } from './store/sole-owner.ts';

const TIME_HIGH = 'time-high';

export interface StateFolder {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly shelf: ListShelf;
  readonly recorder: Recorder;
  /** Null where the terminal stands nowhere that alerts are for. */
  readonly alerts: AlertState | null;
  close(): Promise<void>;
}

/** Another daemon runs on the state folder, or it can't be used. The message is for people. */
export class StateFolderError extends Error {
  override readonly name = 'StateFolderError';
}

/**
 * Opens or creates it, for this process alone. `out`: where the journal goes besides. Throws `StateFolderError`, or
 * `LedgerError` for what is wrong with the ledger in it.
 */
export function openStateFolder(config: Config, out: Writable | null): StateFolder {
  try {
    return open(config, out);
  } catch (error) {
    const code = codeOf(error);
    if (!/^(E[A-Z0-9]+|SQLITE_\w+)$/u.test(code)) throw error;
    throw new StateFolderError(`the state folder can't be used: ${code}`, { cause: error });
  }
}

function open(config: Config, out: Writable | null): StateFolder {
  makeFolder(config.state);
  // Folders in it that an earlier run made and was killed before it could wait for.
  syncPath(config.state);
  const owner = SoleOwner.claim(config.state);
  if (owner === null) throw new StateFolderError('another daemon runs on this state folder');
  const { clock, ledger } = openLedger(config, {
    countsAsBoot: true,
    onJump: (offsetMs) =>
      recorder.note('clock.jumped', { offsetMs: Math.round(offsetMs), quality: 'unset' }),
  });
  const lastJournaled = lastJournaledFact(config.state);
  const journal = new Journal(config.state, out);
  const recorder = new Recorder(ledger, journal, () => clock.now());
  recorder.showUnjournaled(lastJournaled);
  const shelf = ListShelf.open(join(config.state, 'lists'));
  for (const { path, why } of shelf.dropped) {
    recorder.note('list.rejected', { reason: 'damaged', detail: `${basename(path)}: ${why}` });
  }
  const alerts = AlertState.at(config.place, { ledger, clock, recorder });
  return {
    clock,
    ledger,
    shelf,
    recorder,
    alerts,
    async close() {
      alerts?.stop();
      clock.close();
      shelf.close();
      ledger.close();
      await journal.close();
      owner.release();
    },
  };
}

/** The ledger stamps by the clock, and the clock keeps its high-water mark in the ledger. Throws `LedgerError`. */
export function openLedger(
  config: Config,
  options: { readonly countsAsBoot: boolean; readonly onJump?: (offsetMs: number) => void },
): { clock: Clock; ledger: Ledger } {
  let clock: Clock | null = null;
  const ledger = Ledger.open({
    directory: config.state,
    terminal: config.name,
    countsAsBoot: options.countsAsBoot,
    read: () => {
      if (clock === null) throw new Error('the ledger records nothing before the clock runs');
      return clock.read();
    },
  });
  clock = new Clock({
    ...(options.onJump === undefined ? {} : { onJump: options.onJump }),
    mark: {
      load: () => keptTime(ledger),
      save: (at) => ledger.set(TIME_HIGH, String(at)),
    },
  });
  return { clock, ledger };
}

/** The clock's high-water mark as the ledger has it (ms since the epoch), or null. */
export function keptTime(ledger: Pick<Ledger, 'get'>): number | null {
  const kept = ledger.get(TIME_HIGH);
  return kept === null ? null : Number(kept);
}
