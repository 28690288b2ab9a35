/** The staff's machine tied to what it does: the PIN, what there is to decide at this terminal, the checks, the journal. */

import { fromCallback, fromPromise } from 'xstate';
import { staffMachine } from '../../state-machines/staff.ts';
import { staffSignInMachine } from '../../state-machines/staff-sign-in.ts';
import type { PadEvent } from '../../state-machines/staff-sign-in-setup.ts';
import { SYSTEM_TIME } from '../clock.ts';
import type { Config } from '../config.ts';
import { present } from '../domain/present.ts';
import type { CheckShown, PaperShown, ScreenBody } from '../domain/screen.ts';
import type {
  CaseSaid,
  PaperSaid,
  PinAnswer,
  StaffDecision,
  StaffEnd,
  StaffOutcome,
  StaffOverview,
  StaffProof,
  TicketKnown,
} from '../domain/staff-answer.ts';
import { hasPinLength, PinVault } from '../pin-vault.ts';
import type { Recorder } from '../recorder.ts';
import { entryOf } from '../service-config.ts';
import type { StateFolder } from '../state-folder.ts';
import { gateWork } from './gate-work.ts';
import { type KioskWorkParts, kioskWork } from './kiosk-work.ts';
import { verifyPin } from './pin.ts';
import { PinLock, type PinOutcome } from './pin-lock.ts';
import { SHELTER_WORK } from './shelter-work.ts';
import { type StaffSnapshot, staffScreenOf } from './staff-screen.ts';
import type { StaffWork } from './staff-work.ts';

/** In facts, where a person who was identified by the PIN alone has no name. */
const BY_PIN = 'PIN';

export interface StaffDeskParts {
  /** What there is to decide here. */
  readonly work: StaffWork;
  readonly recorder: Recorder;
  /** ms, monotonic */
  mono(): number;
  /** The line that `kazasu staff-pin` made; null: attendants' cards only. */
  readonly pin: string | null;
  /** What is wrong with the terminal now; `waiting`: the papers that wait for staff. */
  checks(waiting: readonly PaperShown[]): Promise<readonly CheckShown[]>;
}

export class StaffDesk {
  /** Input `{ by }`, output `StaffEnd`. */
  readonly machine = staffMachine.provide({
    actors: {
      signIn: staffSignInMachine.provide({
        actors: {
          pinPad: fromCallback<PadEvent>(({ receive, sendBack }) => {
            const tell = () => sendBack({ type: 'pin.typed', digits: this.#vault.length });
            tell();
            receive(({ type }) => {
              if (type === 'erase') this.#vault.erase();
              tell();
            });
            return () => this.#vault.wipe();
          }),
          askLock: fromPromise(async () => ({ waitSeconds: this.#lock.waitSeconds() })),
          checkPin: fromPromise(() => this.#checkPin()),
        },
      }),
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
      signOff: fromPromise<void, StaffEnd>(async ({ input }) => this.#signOff(input)),
    },
  });

  readonly #parts: StaffDeskParts;
  readonly #vault = new PinVault();
  readonly #lock: PinLock;
  #isOpen = false;

  constructor(parts: StaffDeskParts) {
    this.#parts = parts;
    this.#lock = new PinLock(parts.recorder.ledger, () => parts.mono());
    const seconds = this.#lock.waitSeconds();
    if (seconds > 0) parts.recorder.note('staff.pin-locked', { seconds });
  }

  /** Whether somebody without an attendant's card can open the menu. */
  get takesPin(): boolean {
    return this.#parts.pin !== null;
  }

  screenOf(snapshot: StaffSnapshot): ScreenBody {
    return staffScreenOf(snapshot);
  }

  /** A character of the PIN; to be called right before the machine gets `key.character` without it. */
  typeSecret(character: string): void {
    this.#vault.add(character);
  }

  /**
   * Null where the configuration has no staff, or nothing for them to decide. `checks`: what is wrong with the terminal at the
   * time of asking.
   */
  static of(
    config: Config,
    { shelf, recorder }: Pick<StateFolder, 'shelf' | 'recorder'>,
    steps: Pick<KioskWorkParts, 'papers' | 'charges'>,
    checks: StaffDeskParts['checks'],
  ): StaffDesk | null {
    const { staff, name, services } = config;
    if (staff === undefined) return null;
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
      mono: () => SYSTEM_TIME.mono(),
      pin: staff.pin ?? null,
      checks,
    });
  }

  get #tickets() {
    return present(this.#parts.work.tickets, 'tickets');
  }

  async #checkPin(): Promise<PinAnswer> {
    if (!hasPinLength(this.#vault.length)) {
      this.#vault.wipe();
      return { pin: 'too-short' };
    }
    const { pin: line, recorder } = this.#parts;
    const outcome: PinOutcome = await this.#vault.take((pin) =>
      this.#lock.attempt(async () => line !== null && verifyPin(line, pin)),
    );
    if (outcome.pin === 'right') return { pin: 'right', by: BY_PIN };
    const { tries } = outcome;
    if (tries !== null) recorder.note('staff.pin-wrong', { tries });
    if (outcome.pin === 'wrong') return { pin: 'wrong' };
    const { waitSeconds } = outcome;
    if (tries !== null) recorder.note('staff.pin-locked', { seconds: waitSeconds });
    return { pin: 'locked', waitSeconds };
  }

  async #overview({ by, how }: { by: string; how: StaffProof }): Promise<StaffOverview> {
    if (!this.#isOpen) this.#parts.recorder.note('staff.opened', { by, how });
    this.#isOpen = true;
    const { work, checks } = this.#parts;
    const { shown, allPapers } = await work.waiting();
    return { ...shown, errands: work.errands, checks: await checks(allPapers) };
  }

  #signOff({ by, why }: StaffEnd): void {
    this.#parts.recorder.note('staff.closed', { by: by ?? undefined, why });
    this.#isOpen = false;
  }
}
