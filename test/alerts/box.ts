/** A terminal that stands somewhere, as far as alerts need one: started and stopped, and its clock is the test's. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type CapDraft, writeCap } from '../../platform-sim/alerts/cap-writer.ts';
import type { PlatformKeys } from '../../platform-sim/signing.ts';
import { AlertState } from '../../src/alerts/alert-state.ts';
import { Clock } from '../../src/clock.ts';
import type { WirePlace } from '../../src/link/alert-protocol.ts';
import { openRoot, type Root } from '../../src/pki/root-object.ts';
import type { Signers } from '../../src/pki/signed-object.ts';
import { Ledger } from '../../src/store/ledger.ts';
import { CITY } from './drafts.ts';

export const KAWARA: WirePlace = { municipality: CITY, district: 'kawara' };

/** As a terminal believes it: by the newest root. */
export function signersBy(keys: PlatformKeys): Signers {
  const root = keys.roots.reduce<Root | null>((before, cms) => openRoot(cms, before), null);
  return { ca: keys.caCertificate, names: (role, key) => root?.names(role, key) ?? false };
}

interface Line {
  readonly event: string;
  readonly [field: string]: unknown;
}

export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'kazasu-alerts-'));
}

/** A terminal's ledger, clock and journal, and its alerts; started again, it has the first alone. */
export class Box {
  readonly lines: Line[] = [];
  readonly time = { wall: Date.now(), mono: 1_000 };
  #mark: number | null = null;
  readonly directory: string;
  readonly place: WirePlace;
  ledger!: Ledger;
  clock!: Clock;
  alerts!: AlertState;

  constructor(place: WirePlace = KAWARA, directory = newFolder()) {
    this.place = place;
    this.directory = directory;
    this.start();
    onTestFinished(() => {
      this.stop();
      rmSync(directory, { recursive: true });
    });
  }

  start(place = this.place): void {
    this.clock = new Clock({
      mark: {
        load: () => this.#mark,
        save: (at) => {
          this.#mark = at;
        },
      },
      time: { wall: () => this.time.wall, mono: () => this.time.mono },
    });
    const read = () => this.clock.read();
    const options = { directory: this.directory, terminal: 'stb-1', read, countsAsBoot: true };
    this.ledger = Ledger.open(options);
    const note = (event: string, fields: object) => void this.lines.push({ event, ...fields });
    const parts = { ledger: this.ledger, clock: this.clock, recorder: { note } };
    const alerts = AlertState.at(place, { ...parts, mono: () => this.time.mono });
    if (alerts === null) throw new Error('it stands nowhere');
    this.alerts = alerts;
  }

  stop(): void {
    this.alerts.stop();
    this.clock.close();
    this.ledger.close();
  }

  /** What the platform said when the link came up. */
  welcome(at = this.time.wall): void {
    this.clock.correct(at, 0);
  }

  pass(ms: number): void {
    this.time.wall += ms;
    this.time.mono += ms;
    this.alerts.look();
  }

  async hear(said: CapDraft, by: PlatformKeys): Promise<void> {
    const cms = await by.signAlert(said.municipality.code, writeCap(said));
    await this.alerts.take(cms, signersBy(by));
  }

  get rejected(): unknown[] {
    return this.lines.filter(({ event }) => event === 'alert.rejected').map(({ reason }) => reason);
  }

  get shown() {
    return this.alerts
      .now()
      .map(({ id, state, level, timeUnknown }) => [id, state, level, timeUnknown]);
  }
}
