/** A terminal's ledger and its link in this process, without the rest of a terminal: for times that its journal is too coarse for. */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AlertState } from '../../src/alerts/alert-state.ts';
import { Clock, SYSTEM_TIME } from '../../src/clock.ts';
import type { NewFact } from '../../src/domain/fact.ts';
import { FileKeyStore } from '../../src/keys/file-key-store.ts';
import type { WirePlace } from '../../src/link/alert-protocol.ts';
import { type Link, openLink } from '../../src/link/link.ts';
import { ListKeyRing } from '../../src/link/list-keys.ts';
import { ListTurns } from '../../src/link/list-turns.ts';
import { Questions } from '../../src/link/questions.ts';
import { Ledger } from '../../src/store/ledger.ts';
import { ListShelf } from '../../src/store/list-shelf.ts';

export class Uplink {
  readonly ledger: Ledger;
  /** Null: it stands nowhere that alerts are for. */
  alerts: AlertState | null = null;
  readonly #clock: Clock;
  readonly #shelf: ListShelf;
  #link: Link | null = null;
  #acknowledged: (() => void) | null = null;
  #lost: (why: Error) => void = () => {};

  private constructor(directory: string, terminal: string) {
    this.#clock = new Clock({ mark: { load: () => null, save: () => {} }, time: SYSTEM_TIME });
    this.ledger = Ledger.open({
      ...{ directory, terminal, countsAsBoot: true },
      read: () => this.#clock.read(),
    });
    this.#shelf = ListShelf.open(join(directory, 'lists'));
  }

  /** Resolves when the platform has welcomed it. */
  static async open(
    directory: string,
    terminal: string,
    url: string,
    place?: WirePlace,
  ): Promise<Uplink> {
    await mkdir(directory, { recursive: true });
    const uplink = new Uplink(directory, terminal);
    const keyStore = new FileKeyStore(join(directory, 'keys'), { seal: null });
    const { ledger } = uplink;
    const clock = uplink.#clock;
    uplink.alerts = AlertState.at(place, { ledger, clock, recorder: { note: () => {} } });
    const open = openLink({
      ...{ url, terminal, ledger, keyStore, software: 'bench', lists: [], identity: null },
      stateDirectory: directory,
      clock,
      alerts: uplink.alerts ?? undefined,
      shelf: uplink.#shelf,
      journal: (event, { waiting }) => {
        if (event === 'facts.acknowledged' && waiting === 0) uplink.#acknowledged?.();
      },
      listKeys: new ListKeyRing(keyStore, () => {}),
      turns: new ListTurns(),
      questions: new Questions(() => {}),
      inUse: () => ({ trust: null, institution: null }),
      onTrust: ({ store }) => store.close(),
      onInstitution: () => {},
      onCommand: () => {},
      onTryLater: () => {},
    });
    uplink.#link = await open({ onLost: (reason) => uplink.#lost(new Error(reason)) });
    return uplink;
  }

  /** Commits the fact; resolves when the platform has it and the cursor that says so is stored, with how long all that took, in ms. */
  tell(fact: NewFact): Promise<number> {
    return new Promise((resolve, reject) => {
      const begun = performance.now();
      this.#lost = reject;
      this.#acknowledged = () => resolve(performance.now() - begun);
      this.ledger.record([fact]);
    });
  }

  async close(): Promise<void> {
    await this.#link?.close();
    this.alerts?.stop();
    this.#shelf.close();
    this.#clock.close();
    this.ledger.close();
  }
}
