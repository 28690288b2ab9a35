/** The staff's machine tied to what it does: the PIN, what there is to decide at this terminal, the checks, the journal. */

import { fromPromise } from 'xstate';
import { staffMachine } from '../../state-machines/staff.ts';
import type { Config } from '../config.ts';
import { present } from '../domain/present.ts';
import {
  type CheckShown,
  type PaperShown,
  type ScreenBody,
  STAFF_ERRANDS,
} from '../domain/screen.ts';
import type {
  CaseSaid,
  PaperSaid,
  StaffDecision,
  StaffEnd,
  StaffOutcome,
  StaffOverview,
  StaffProof,
  StickTaken,
  TicketKnown,
} from '../domain/staff-answer.ts';
import type { StickShown } from '../domain/stick-screen.ts';
import type { Recorder } from '../recorder.ts';
import { entryOf } from '../service-config.ts';
import type { StateFolder } from '../state-folder.ts';
import { gateWork } from './gate-work.ts';
import { type KioskWorkParts, kioskWork } from './kiosk-work.ts';
import { SHELTER_WORK } from './shelter-work.ts';
import type { StaffPin } from './staff-pin.ts';
import { type StaffSnapshot, staffScreenOf } from './staff-screen.ts';
import type { StaffWork } from './staff-work.ts';

/** A stick that is there and brings something. */
export interface StickDesk {
  /** Whether there is one, as of the last look. */
  readonly brings: boolean;
  look(): Promise<StickShown>;
  /** All of it, or nothing; `by`: who says so. */
  take(by: string): Promise<StickTaken>;
}

export interface StaffDeskParts {
  /** What there is to decide here. */
  readonly work: StaffWork;
  readonly recorder: Recorder;
  readonly pin: StaffPin;
  /** Null where none is read. */
  readonly stick: StickDesk | null;
  /** What is wrong with the terminal now; `waiting`: the papers that wait for staff. */
  checks(waiting: readonly PaperShown[]): Promise<readonly CheckShown[]>;
}

export class StaffDesk {
  /** Input `{ by }`, output `StaffEnd`. */
  readonly machine: typeof staffMachine;

  readonly #effects = staffMachine.provide({
    actors: {
      overview: fromPromise<StaffOverview, { by: string; how: StaffProof }>(({ input }) =>
        this.#overview(input),
      ),
      lookUp: fromPromise<TicketKnown, string>(({ input }) => this.#tickets.lookUp(input)),
      record: fromPromise<StaffOutcome, StaffDecision>(async ({ input }) =>
        this.#tickets.record(input),
      ),
      settle: fromPromise<StaffOutcome | null, PaperSaid>(async ({ input }) =>
        this.#tickets.settle(input),
      ),
      decide: fromPromise<StaffOutcome, CaseSaid>(({ input }) =>
        present(this.#parts.work.decide, 'cases')(input),
      ),
      takeStick: fromPromise<StickTaken, string>(({ input }) => this.#stick.take(input)),
      signOff: fromPromise<void, StaffEnd>(async ({ input }) => this.#signOff(input)),
    },
  });

  readonly #parts: StaffDeskParts;
  #isOpen = false;

  constructor(parts: StaffDeskParts) {
    this.#parts = parts;
    this.machine = this.#effects.provide({ actors: { signIn: parts.pin.signIn } });
  }

  /** Whether somebody without an attendant's card can open the menu. */
  get takesPin(): boolean {
    return this.#parts.pin.isSet;
  }

  screenOf(snapshot: StaffSnapshot): ScreenBody {
    return staffScreenOf(snapshot);
  }

  /** A character of the PIN; to be called right before the machine gets `key.character` without it. */
  typeSecret(character: string): void {
    this.#parts.pin.typeSecret(character);
  }

  /**
   * Null where the configuration has no staff, or nothing for them to decide. `checks`: what is wrong with the terminal at the
   * time of asking.
   */
  static of(
    config: Config,
    { shelf, recorder }: Pick<StateFolder, 'shelf' | 'recorder'>,
    steps: Pick<KioskWorkParts, 'papers' | 'charges'> & { readonly staffPin: StaffPin | null },
    checks: StaffDeskParts['checks'],
    stick: StickDesk | null,
  ): StaffDesk | null {
    const { name, services } = config;
    const { staffPin } = steps;
    if (staffPin === null) return null;
    const entry = entryOf(config);
    const isKiosk = services['family-register'] !== undefined;
    const isShelter = services['evacuation-shelter'] !== undefined;
    if (entry === null && !isKiosk && !isShelter) return null;
    const manifest = () => shelf.active(entry?.list ?? '')?.manifest;
    const ofList = { version: () => manifest()?.version, reentry: () => manifest()?.reentry };
    const { ledger } = recorder;
    return new StaffDesk({
      work:
        entry !== null
          ? gateWork({ ...entry, ...ofList, ledger })
          : isShelter
            ? SHELTER_WORK
            : kioskWork({ terminal: name, recorder, ...steps }),
      recorder,
      pin: staffPin,
      stick,
      checks,
    });
  }

  get #stick() {
    return present(this.#parts.stick, 'stick');
  }

  get #tickets() {
    return present(this.#parts.work.tickets, 'tickets');
  }

  async #overview({ by, how }: { by: string; how: StaffProof }): Promise<StaffOverview> {
    if (!this.#isOpen) this.#parts.recorder.note('staff.opened', { by, how });
    this.#isOpen = true;
    const { work, checks, stick } = this.#parts;
    const { shown, allPapers } = await work.waiting();
    const brought = stick?.brings ? await stick.look() : null;
    // How the terminal is comes last.
    const errands = STAFF_ERRANDS.filter((id) =>
      id === 'stick' ? brought !== null : work.errands.includes(id),
    );
    return { ...shown, errands, stick: brought, checks: await checks(allPapers) };
  }

  #signOff({ by, why }: StaffEnd): void {
    this.#parts.recorder.note('staff.closed', { by: by ?? undefined, why });
    this.#isOpen = false;
  }
}
