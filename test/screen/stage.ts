/** A terminal's machines without their devices: tests play the effects and turn the clock. */

import { createActor, fromCallback, fromPromise, SimulatedClock, setup } from 'xstate';
import type { Answer } from '../../src/domain/answer.ts';
import type { Reason } from '../../src/domain/reason.ts';
import type { RemotePress, RemotePresses } from '../../src/domain/remote.ts';
import type { Screen, StateMeta } from '../../src/domain/screen.ts';
import type { SensedTap } from '../../src/domain/tap.ts';
import { ScreenHub } from '../../src/screen/screen-hub.ts';
import type { AnswerShown, Errand, Service } from '../../src/services/service.ts';
import { errandLogic } from '../../src/terminal-machine.ts';
import { type SessionEvent, sessionMachine } from '../../state-machines/session.ts';
import { terminalMachine } from '../../state-machines/terminal.ts';
import type { TerminalEvent } from '../../state-machines/terminal-setup.ts';

export const SHOWN: AnswerShown = {
  seat: 'B 12列 34番',
  name: '佐＊ 花＊',
  first: null,
  advice: null,
  list: { issuedAt: '2016-02-20T05:05:00.000Z', age: 'fresh' },
  paper: true,
  claimMinutes: 15,
};

export const PIN: StateMeta = {
  screen: 'staff-pin',
  voice: null,
  tone: null,
  keys: ['character', 'erase', 'enter', 'back'],
  timeout: null,
  secret: true,
};

const TICKET: StateMeta = {
  screen: 'staff-ticket',
  voice: null,
  tone: null,
  keys: PIN.keys,
  timeout: null,
};

/** Resolves when everything that was begun in this turn is through. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

interface StageOptions {
  readonly hasStaff?: boolean;
  readonly errands?: readonly Errand[];
}

/** The effects of the machines, by hand. */
export class Stage {
  readonly clock = new SimulatedClock();
  readonly frames: Screen[] = [];
  readonly staffEvents: { readonly type: string }[] = [];
  readonly vault: string[] = [];
  readonly refusedDigits: true[] = [];
  offline = false;
  shown: AnswerShown | null = null;
  readonly #errands: readonly Errand[];
  #taps = 0;
  #isCardThere = false;
  #service = Promise.withResolvers<Answer>();
  readonly #see = new Set<() => void>();
  readonly #presses = new Set<(press: RemotePress) => void>();
  readonly #owe = new Set<() => void>();
  #obstacles: (obstacles: readonly Reason[]) => void = () => {};
  readonly actor;
  readonly hub: ScreenHub;

  constructor({ hasStaff = true, errands = [] }: StageOptions = {}) {
    this.#errands = errands;
    this.actor = createActor(this.#machine(), {
      id: 'terminal',
      clock: this.clock,
      input: { hasStaff, hasErrands: errands.length > 0, sound: 'normal' },
    });
    const service: Service = {
      id: 'event-entry',
      needs: [],
      lists: [],
      obstacle: () => null,
      machine: terminalMachine,
      place: () => ({
        title: '春の音楽祭',
        startsAt: null,
        gate: '西ゲート',
        list: SHOWN.list,
        purpose: { service: 'event-entry' },
      }),
      errands,
      receipts: {
        shown: () => this.shown,
        forget: (what) => {
          this.shown =
            what === 'name' && this.shown !== null ? { ...this.shown, name: null } : null;
        },
        watch: () => () => {},
      },
    };
    this.hub = new ScreenHub({
      actor: this.actor,
      service,
      staff: hasStaff
        ? {
            screenOf: (snapshot) =>
              snapshot.value === 'pin'
                ? { screen: 'staff-pin', digits: 0, result: 'ask', waitSeconds: 0 }
                : { screen: 'staff-ticket', errand: 'entry', typed: '' },
            takesPin: true,
            typeSecret: (character) => this.vault.push(character),
          }
        : null,
      isOffline: () => this.offline,
      speaks: true,
      look: { profile: 'small', reader: 'down' },
      ways: () => ({ information: null, otherGate: null }),
      remote: this.#remote(),
    });
    this.hub.watch((screen) => this.frames.push(screen));
    this.actor.start();
  }

  get screen(): Screen {
    return this.hub.current;
  }

  /** In service, nobody there. */
  static async open(options?: StageOptions): Promise<Stage> {
    const stage = new Stage(options);
    await settled();
    return stage;
  }

  async hold(): Promise<void> {
    this.#taps += 1;
    this.#isCardThere = true;
    this.#service = Promise.withResolvers();
    for (const see of [...this.#see]) see();
    await settled();
  }

  async answer(answer: Answer, shown: AnswerShown | null = SHOWN): Promise<void> {
    this.shown = shown;
    this.#service.resolve(answer);
    await settled();
  }

  async take(): Promise<void> {
    this.#isCardThere = false;
    for (const see of [...this.#see]) see();
    await settled();
  }

  async owe(): Promise<void> {
    for (const owe of [...this.#owe]) owe();
    await settled();
  }

  /** One after the other, in one turn. */
  async obstruct(...levels: (readonly Reason[])[]): Promise<void> {
    for (const obstacles of levels) this.#obstacles(obstacles);
    await settled();
  }

  /** Of a remote control. */
  async thumb(button: RemotePress['button'], isPrivate = true): Promise<void> {
    for (const press of [...this.#presses]) press({ button, isRepeat: false, isPrivate });
    await settled();
  }

  async wait(ms: number): Promise<void> {
    this.clock.increment(ms);
    await settled();
  }

  async press(...[key]: [Parameters<ScreenHub['press']>[1]]): Promise<string> {
    const result = this.hub.press(this.screen.number, key);
    await settled();
    return result;
  }

  #remote(): RemotePresses {
    return {
      watch: (listener) => {
        this.#presses.add(listener);
        return () => this.#presses.delete(listener);
      },
      refuseDigit: () => this.refusedDigits.push(true),
    };
  }

  #machine() {
    const watchCard = fromCallback<SessionEvent, SensedTap>(({ sendBack }) =>
      this.#watch(this.#see, () => {
        if (!this.#isCardThere) sendBack({ type: 'card.gone' });
      }),
    );
    const session = sessionMachine.provide({
      actors: {
        watchCard,
        watchReceipt: this.#watchReceipt<SessionEvent>(),
        service: fromPromise(() => this.#service.promise),
      },
    });
    let served = 0;
    return terminalMachine.provide({
      actors: {
        recover: fromPromise(async () => {}),
        watchConditions: fromCallback(({ sendBack }) => {
          this.#obstacles = (obstacles) => sendBack({ type: 'conditions.changed', obstacles });
          this.#obstacles([]);
        }),
        awaitCard: fromCallback(({ sendBack }) =>
          this.#watch(this.#see, () => {
            if (!this.#isCardThere || served === this.#taps) return;
            served = this.#taps;
            sendBack({ type: 'card.present', tap: served, sensedAt: 0 });
          }),
        ),
        session,
        watchReceipt: this.#watchReceipt<TerminalEvent>(),
        staff: this.#staff(),
        errand: errandLogic(this.#errands),
      },
    });
  }

  #watchReceipt<Event extends SessionEvent | TerminalEvent>() {
    return fromCallback<Event, SensedTap>(({ sendBack }) => {
      const owe = () => sendBack({ type: 'receipt.owed' } as Event);
      this.#owe.add(owe);
      return () => this.#owe.delete(owe);
    });
  }

  /** Asks for a PIN, then for a ticket, until `back` is pressed. */
  #staff() {
    return setup({ actions: { keep: ({ event }) => this.staffEvents.push(event) } }).createMachine({
      id: 'staff',
      initial: 'pin',
      states: {
        pin: { meta: PIN, on: { 'key.enter': 'ticket', 'key.*': { actions: 'keep' } } },
        ticket: { meta: TICKET, on: { 'key.back': 'left', 'key.*': { actions: 'keep' } } },
        left: { type: 'final' },
      },
    });
  }

  #watch(watching: Set<() => void>, see: () => void): () => void {
    watching.add(see);
    see();
    return () => watching.delete(see);
  }
}
