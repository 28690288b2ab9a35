/** The staff's PIN: typed into one buffer, tried as often as its lock allows, wherever the terminal asks for it. */

import { fromCallback, fromPromise } from 'xstate';
import { staffSignInMachine } from '../../state-machines/staff-sign-in.ts';
import type { PadEvent } from '../../state-machines/staff-sign-in-setup.ts';
import { SYSTEM_TIME } from '../clock.ts';
import type { Config } from '../config.ts';
import type { PinAnswer } from '../domain/staff-answer.ts';
import { hasPinLength, PinVault } from '../pin-vault.ts';
import type { Recorder } from '../recorder.ts';
import { verifyPin } from './pin.ts';
import { PinLock, type PinOutcome } from './pin-lock.ts';

/** In facts, where a person who was identified by the PIN alone has no name. */
const BY_PIN = 'PIN';

export interface StaffPinParts {
  readonly recorder: Recorder;
  /** ms, monotonic */
  mono(): number;
  /** The line that `kazasu staff-pin` made; null: attendants' cards only. */
  readonly line: string | null;
}

export class StaffPin {
  /** Output `SignInEnd`. One runs at a time: there is one screen. */
  readonly signIn = staffSignInMachine.provide({
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
      checkPin: fromPromise(() => this.#check()),
    },
  });

  readonly #parts: StaffPinParts;
  readonly #vault = new PinVault();
  readonly #lock: PinLock;

  constructor(parts: StaffPinParts) {
    this.#parts = parts;
    this.#lock = new PinLock(parts.recorder.ledger, () => parts.mono());
    const seconds = this.#lock.waitSeconds();
    if (seconds > 0) parts.recorder.note('staff.pin-locked', { seconds });
  }

  /** Whether there is one. */
  get isSet(): boolean {
    return this.#parts.line !== null;
  }

  /** A character of it; to be called right before the machine gets `key.character` without it. */
  typeSecret(character: string): void {
    this.#vault.add(character);
  }

  async #check(): Promise<PinAnswer> {
    if (!hasPinLength(this.#vault.length)) {
      this.#vault.wipe();
      return { pin: 'too-short' };
    }
    const { line, recorder } = this.#parts;
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
}

/** Null where the configuration has no staff. */
export function staffPinOf(
  { staff }: Config,
  { recorder }: { readonly recorder: Recorder },
): StaffPin | null {
  if (staff === undefined) return null;
  return new StaffPin({ recorder, mono: () => SYSTEM_TIME.mono(), line: staff.pin ?? null });
}
