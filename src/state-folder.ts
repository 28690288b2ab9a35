/** What a terminal keeps in its state folder: ledger, lists, journal; and the clock, whose high-water mark is kept there. */

import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { Journal } from './journal.ts';
import { lastJournaledFact } from './journal-reader.ts';
import { Recorder } from './recorder.ts';
import { Ledger } from './store/ledger.ts';
import { ListShelf } from './store/list-shelf.ts';
import { SoleOwner } from './store/sole-owner.ts';

const TIME_HIGH = 'time-high';

export interface StateFolder {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly shelf: ListShelf;
  readonly recorder: Recorder;
  close(): Promise<void>;
}

/** Another daemon runs on the same state folder. */
export class StateFolderTakenError extends Error {}

/**
 * Opens or creates it, for this process alone. `out`: where the journal goes besides. Throws `StateFolderTakenError`, or
 * `LedgerError` when the folder can't be used.
 */
export function openStateFolder(config: Config, out: NodeJS.WritableStream | null): StateFolder {
  mkdirSync(config.state, { recursive: true, mode: 0o700 });
  const owner = SoleOwner.claim(config.state);
  if (owner === null) throw new StateFolderTakenError('another daemon runs on this state folder');
  const { clock, ledger } = openLedger(config, (offsetMs) =>
    recorder.note('clock.jumped', { offsetMs: Math.round(offsetMs), quality: 'unset' }),
  );
  const lastJournaled = lastJournaledFact(config.state);
  const journal = new Journal(config.state, out);
  const recorder = new Recorder(ledger, journal, () => clock.now());
  recorder.showUnjournaled(lastJournaled);
  const shelf = ListShelf.open(join(config.state, 'lists'));
  for (const { path, why } of shelf.dropped) {
    recorder.note('list.rejected', { reason: 'damaged', detail: `${basename(path)}: ${why}` });
  }
  return {
    clock,
    ledger,
    shelf,
    recorder,
    async close() {
      clock.close();
      shelf.close();
      ledger.close();
      await journal.close();
      owner.release();
    },
  };
}

/** The ledger stamps by the clock, and the clock keeps its high-water mark in the ledger. */
function openLedger(
  config: Config,
  onJump: (offsetMs: number) => void,
): { clock: Clock; ledger: Ledger } {
  let ledger: Ledger | null = null;
  let clock: Clock | null = null;
  ledger = Ledger.open({
    directory: config.state,
    terminal: config.name,
    countsAsBoot: true,
    read: () => {
      if (clock === null) throw new Error('the ledger records nothing before the clock runs');
      return clock.read();
    },
  });
  const opened = ledger;
  clock = new Clock({
    onJump,
    mark: {
      load: () => {
        const kept = opened.get(TIME_HIGH);
        return kept === null ? null : Number(kept);
      },
      save: (at) => opened.set(TIME_HIGH, String(at)),
    },
  });
  return { clock, ledger };
}
