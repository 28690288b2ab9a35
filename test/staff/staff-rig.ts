/** The staff's screen without a browser: the machine, its desk and a real ledger, pressed as the screen's hub presses it. */

import { onTestFinished } from 'vitest';
import {
  type Actor,
  type AnyActorRef,
  type AnyMachineSnapshot,
  createActor,
  type InspectionEvent,
  SimulatedClock,
} from 'xstate';
import type { Fact } from '../../src/domain/fact.ts';
import type { CheckShown, Key, KeyName, ScreenBody, StateMeta } from '../../src/domain/screen.ts';
import type { StaffEnd } from '../../src/domain/staff-answer.ts';
import { Journal } from '../../src/journal.ts';
import { Recorder } from '../../src/recorder.ts';
import { speakerBelow } from '../../src/screen/screen-of.ts';
import { gateWork } from '../../src/staff/gate-work.ts';
import { hashPin } from '../../src/staff/pin.ts';
import { StaffDesk, type StickDesk } from '../../src/staff/staff-desk.ts';
import { StaffPin } from '../../src/staff/staff-pin.ts';
import { staffScreenOf } from '../../src/staff/staff-screen.ts';
import type { StaffWork } from '../../src/staff/staff-work.ts';
import type { Ledger } from '../../src/store/ledger.ts';
import { JournalLines } from '../journal-lines.ts';
import { openLedger, tempFolder } from '../store/fixtures.ts';

export const LIST = 'list';
export const GATE = 'west';
/** So long that it is nowhere by chance. */
export const PIN = '8351749206';
const PATIENCE_MS = 20_000;

let pinLine: Promise<string> | null = null;
/** Made once a process: it takes as long as a check does. */
export function linePin(): Promise<string> {
  pinLine ??= hashPin(Buffer.from(PIN));
  return pinLine;
}

export interface RigOptions {
  readonly state?: string;
  readonly ledger?: Ledger;
  readonly pin?: string | null;
  readonly checks?: () => Promise<readonly CheckShown[]>;
  readonly mono?: () => number;
  /** Default: that of a gate. */
  readonly work?: (recorder: Recorder) => StaffWork;
  readonly stick?: (recorder: Recorder) => StickDesk;
}

export class StaffRig {
  readonly clock = new SimulatedClock();
  readonly journal = new JournalLines();
  readonly ledger: Ledger;
  readonly desk: StaffDesk;
  /** Everything that XState's inspection saw, with every context. */
  readonly inspected: string[] = [];
  #actor: Actor<StaffDesk['machine']> | null = null;

  private constructor(ledger: Ledger, folder: string, pin: string | null, options: RigOptions) {
    this.ledger = ledger;
    const journal = new Journal(folder, this.journal.out);
    onTestFinished(() => journal.close());
    const recorder = new Recorder(ledger, journal, () => Date.now());
    this.desk = new StaffDesk({
      work:
        options.work?.(recorder) ??
        gateWork({ list: LIST, gate: GATE, version: () => 3, reentry: () => undefined, ledger }),
      recorder,
      pin: new StaffPin({
        ...{ recorder, line: pin },
        mono: options.mono ?? (() => performance.now()),
      }),
      checks: options.checks ?? (async () => []),
      stick: options.stick?.(recorder) ?? null,
    });
  }

  static async open(options: RigOptions = {}): Promise<StaffRig> {
    const folder = options.state ?? tempFolder();
    const ledger = options.ledger ?? openLedger(folder);
    const pin = options.pin === undefined ? await linePin() : options.pin;
    return new StaffRig(ledger, folder, pin, options);
  }

  /** Somebody steps up: with their card (`by`), or not. */
  async begin(by: string | null): Promise<ScreenBody> {
    const inspect = (event: InspectionEvent) => {
      const seen = 'event' in event ? event.event : event.type;
      const context =
        'snapshot' in event ? (event.snapshot as { context?: unknown }).context : null;
      this.inspected.push(JSON.stringify([seen, context]));
    };
    this.#actor?.stop();
    this.#actor = createActor(this.desk.machine, { input: { by }, clock: this.clock, inspect });
    onTestFinished(() => {
      this.#actor?.stop();
    });
    this.#actor.start();
    return this.settled();
  }

  get actor(): Actor<StaffDesk['machine']> {
    if (this.#actor === null) throw new Error('nobody has begun');
    return this.#actor;
  }

  /** Who shows something and gets the keys: the sign-in, or the menu. */
  get #speaker(): AnyActorRef {
    return speakerBelow(this.actor) ?? this.actor;
  }

  get meta(): StateMeta | null {
    const snapshot: AnyMachineSnapshot | undefined = this.#speaker.getSnapshot();
    const metas: (StateMeta | undefined)[] = Object.values(snapshot?.getMeta() ?? {});
    return metas.find((meta) => meta !== undefined) ?? null;
  }

  get screen(): ScreenBody {
    return staffScreenOf(this.actor.getSnapshot());
  }

  get keys(): readonly KeyName[] {
    return this.meta?.keys ?? [];
  }

  get end(): StaffEnd | undefined {
    return this.actor.getSnapshot().output;
  }

  /** Until a key does something again, or the machine has ended. */
  async settled(): Promise<ScreenBody> {
    const isSettled = () => this.actor.getSnapshot().status !== 'active' || this.keys.length > 0;
    const changed = Promise.withResolvers<void>();
    const look = () => {
      if (isSettled()) changed.resolve();
    };
    // The sign-in is a machine of its own: what it does is no change of the one that it belongs to.
    const watching = this.actor.system.inspect(look);
    look();
    const late = setTimeout(() => changed.reject(new Error('nothing came')), PATIENCE_MS);
    try {
      await changed.promise;
    } finally {
      clearTimeout(late);
      watching.unsubscribe();
    }
    return this.screen;
  }

  /** Sends a key at once, as the hub does; says whether this screen has it. */
  send(key: Key): boolean {
    const { meta } = this;
    if (meta === null || !meta.keys.includes(key.key)) return false;
    const { key: name, ...what } = key;
    if (meta.secret && 'character' in what) {
      this.desk.typeSecret(what.character);
      this.#speaker.send({ type: 'key.character' });
    } else {
      this.#speaker.send({ type: `key.${name}`, ...what });
    }
    return true;
  }

  /** Presses a key that must be there, and waits for what comes of it. */
  press(key: 'enter' | 'back' | 'erase' | 'stay'): Promise<ScreenBody> {
    return this.#press({ key });
  }

  choose(choice: string): Promise<ScreenBody> {
    return this.#press({ key: 'choose', choice });
  }

  async type(text: string): Promise<ScreenBody> {
    for (const character of text) await this.#press({ key: 'character', character });
    return this.screen;
  }

  /** From the menu to the question whether to do it. */
  async ask(errand: 'entry' | 'undo', ticket: string): Promise<ScreenBody> {
    await this.choose(errand);
    await this.type(ticket);
    return this.press('enter');
  }

  facts(event: Fact['event']): Fact[] {
    return [...this.ledger.facts(0)].filter((fact) => fact.event === event);
  }

  async #press(key: Key): Promise<ScreenBody> {
    if (!this.send(key)) throw new Error(`${this.screen.screen} has no key ${key.key}`);
    return this.settled();
  }
}

/** Time passes second by second, as timers that are set anew by their own end need it. */
export function pass(clock: SimulatedClock, seconds: number): void {
  for (let second = 0; second < seconds; second += 1) clock.increment(1_000);
}
