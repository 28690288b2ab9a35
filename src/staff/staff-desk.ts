/** The staff's machine tied to what it does: the PIN, the ledger of the running daemon, the checks, the journal. */

import { fromCallback, fromPromise } from 'xstate';
import { staffMachine } from '../../state-machines/staff.ts';
import type { PadEvent } from '../../state-machines/staff-setup.ts';
import { SYSTEM_TIME } from '../clock.ts';
import type { Config } from '../config.ts';
import {
  type CheckShown,
  PAPERS_SHOWN_MAX,
  type PaperShown,
  type ScreenBody,
} from '../domain/screen.ts';
import type {
  PaperSaid,
  PinAnswer,
  StaffDecision,
  StaffEnd,
  StaffOutcome,
  StaffOverview,
  StaffProof,
  TicketKnown,
} from '../domain/staff-answer.ts';
import { ticketNumber } from '../domain/ticket-number.ts';
import { hasPinLength, PinVault } from '../pin-vault.ts';
import type { Recorder } from '../recorder.ts';
import { entryOf } from '../service-config.ts';
import type { StateFolder } from '../state-folder.ts';
import { StaffBook } from './book.ts';
import { closePaper, isNotRecorded, type StaffRecords, takeBack } from './decisions.ts';
import { verifyPin } from './pin.ts';
import { PinLock, type PinOutcome } from './pin-lock.ts';
import { type StaffSnapshot, staffScreenOf } from './staff-screen.ts';
import { enterByTicket, standingEntry } from './ticket-entry.ts';

/** In facts, where a person who was identified by the PIN alone has no name. */
const BY_PIN = 'PIN';
/** In facts: why a paper was settled. */
const SEEN_AT_THE_GATE = 'staff-screen';

export interface StaffDeskParts {
  readonly list: string;
  /** How people call this gate. */
  readonly gate: string;
  /** Of the list that is active; undefined while there is none. */
  version(): number | undefined;
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
      overview: fromPromise<StaffOverview, { by: string; how: StaffProof }>(({ input }) =>
        this.#overview(input),
      ),
      lookUp: fromPromise<TicketKnown, string>(({ input }) => this.#lookUp(input)),
      record: fromPromise<StaffOutcome, StaffDecision>(async ({ input }) => this.#record(input)),
      settle: fromPromise<StaffOutcome | null, PaperSaid>(async ({ input }) => this.#settle(input)),
      signOff: fromPromise<void, StaffEnd>(async ({ input }) => this.#signOff(input)),
    },
  });

  readonly #parts: StaffDeskParts;
  readonly #records: StaffRecords;
  readonly #vault = new PinVault();
  readonly #lock: PinLock;
  #isOpen = false;

  constructor(parts: StaffDeskParts) {
    this.#parts = parts;
    const { ledger } = parts.recorder;
    this.#records = { ledger, book: new StaffBook(ledger) };
    this.#lock = new PinLock(ledger, () => parts.mono());
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

  /** Null where the configuration has no staff, or nobody enters. `checks`: what is wrong with the terminal at the time of asking. */
  static of(
    config: Config,
    { shelf, recorder }: Pick<StateFolder, 'shelf' | 'recorder'>,
    checks: StaffDeskParts['checks'],
  ): StaffDesk | null {
    if (config.staff === undefined) return null;
    const entry = entryOf(config);
    if (entry === null) return null;
    return new StaffDesk({
      ...entry,
      version: () => shelf.active(entry.list)?.manifest.version,
      recorder,
      mono: () => SYSTEM_TIME.mono(),
      pin: config.staff.pin ?? null,
      checks,
    });
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
    await this.#records.book.readInSlices();
    const waiting = this.#records.book.papers.all;
    const checks = await this.#parts.checks(waiting);
    const papers = waiting.slice(0, PAPERS_SHOWN_MAX);
    return { papers, more: waiting.length - papers.length, checks };
  }

  async #lookUp(typed: string): Promise<TicketKnown> {
    await this.#records.book.readInSlices();
    const ticket = ticketNumber(typed);
    if (ticket === null) return { ticket, entered: null };
    const entry = standingEntry(this.#records, this.#parts.list, ticket);
    return { ticket, entered: entry && { at: entry.at, gate: entry.gate } };
  }

  #record(decision: StaffDecision): StaffOutcome {
    const { ticket: subject } = decision;
    return this.#durably(subject, () => {
      if (decision.errand === 'entry') return this.#enter(decision);
      const { by, why } = decision;
      const undone = takeBack(this.#records, this.#parts.list, subject, { by, why: why ?? '' });
      return { result: undone.result, subject, first: null };
    });
  }

  #enter({ ticket: subject, by }: StaffDecision): StaffOutcome {
    const { list, gate } = this.#parts;
    const version = this.#parts.version();
    const entry = enterByTicket(this.#records, { list, version, gate, number: subject, by });
    if (entry.result === 'entered') return { result: 'entered', subject, first: null };
    const { at, gate: where } = entry.first;
    return { result: 'already-entered', subject, first: { at, gate: where } };
  }

  #settle({ paper, printed, by }: PaperSaid): StaffOutcome | null {
    return this.#durably(paper, (): StaffOutcome | null => {
      const fact = closePaper(this.#records, paper, printed, { by, why: SEEN_AT_THE_GATE });
      return fact && { result: 'settled', subject: paper, first: null };
    });
  }

  /** What can't be made durable was not decided, and is said so. */
  #durably<Outcome>(subject: string, decide: () => Outcome): Outcome | StaffOutcome {
    try {
      return decide();
    } catch (error) {
      if (!isNotRecorded(error)) throw error;
      return { result: 'not-recorded', subject, first: null };
    }
  }

  #signOff({ by, why }: StaffEnd): void {
    this.#parts.recorder.note('staff.closed', { by: by ?? undefined, why });
    this.#isOpen = false;
  }
}
