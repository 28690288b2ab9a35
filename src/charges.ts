/**
 * Money, charged once or not at all. A charge is a step of the ledger: planned, started (durable) before the unit is asked
 * to hold anything, and closed by what the unit says became of it. Nothing is captured before the caller has its evidence,
 * and what can't be known is asked of a person, never guessed.
 *
 * Whatever is open is settled by asking the unit to do what is right now, under the same id: it does it, or has done it, or
 * says what it did instead. A look beforehand would add nothing: what is still on its way on the line could come after it.
 */

import { randomBytes } from 'node:crypto';
import {
  PaymentLostError,
  type PaymentMeans,
  type PaymentUnit,
  type Settled,
  type VoidReason,
} from '../devices/payment/payment.ts';
import type { Recorder } from './recorder.ts';
import { DiskFullError } from './store/ledger.ts';
import type { Step, Steps } from './store/steps.ts';

/** The kind of its steps. */
export const CHARGE = 'charge';

/** What the facts about a charge name: never a person. */
export interface ChargeAbout {
  /** What is paid for: one charge at most. */
  readonly request: string;
  readonly yen: number;
  readonly means: PaymentMeans;
}

export interface PlannedCharge extends ChargeAbout {
  readonly step: string;
  /** What the unit knows it by. */
  readonly payment: string;
}

/**
 * Why nothing is charged, beside what units say: no unit was there; the terminal ended in the middle; what was to be paid
 * for did not come out; the unit held nothing when it was to be taken; somebody had it given back at the unit.
 */
export type NotCharged =
  | VoidReason
  | 'absent'
  | 'interrupted'
  | 'not-issued'
  | 'not-held'
  | 'returned-at-unit';

/**
 * `unsettled`: the unit can't be reached, or the disk is full; what was asked for last is done as soon as it can be.
 * `unknown`: the unit can't say; staff is asked.
 */
type Undecided = { readonly outcome: 'unsettled' | 'unknown' };
type NothingCharged = { readonly outcome: 'not-charged'; readonly why: NotCharged };
export type HeldCharge = { readonly outcome: 'authorised' } | NothingCharged | Undecided;
export type EndedCharge = { readonly outcome: 'charged' } | NothingCharged | Undecided;

/** What a receipt may say. `open`: neither is evident yet. */
export type ChargeState = 'none' | 'open' | 'charged' | 'not-charged' | 'unknown';

/** Whether what was paid for came out whole; null while that is not known yet: it will be asked again. */
export type WasIssued = (request: string) => boolean | null;

/** There is a charge for this request that was taken, or may be. */
export class ChargedAlreadyError extends Error {
  override readonly name = 'ChargedAlreadyError';
}

type Wanted = 'capture' | 'void';

export class Charges {
  readonly #recorder: Recorder;
  readonly #unit: () => PaymentUnit | null;
  /** What is still to be done, by id of the step; for charges of an earlier run, whoever knows is asked. */
  readonly #wanted = new Map<string, Wanted | WasIssued>();
  #settling: Promise<void> | null = null;
  /** The end of what is being captured or voided: one after the other, so that none is closed twice. */
  #last: Promise<unknown> = Promise.resolve();

  /** `unit`: the one that is open at the time. */
  constructor(recorder: Recorder, unit: () => PaymentUnit | null) {
    this.#recorder = recorder;
    this.#unit = unit;
  }

  /**
   * Plans a charge, inside the caller's transaction. Throws `ChargedAlreadyError` unless every earlier charge for the
   * request is known not to have been taken.
   */
  plan(steps: Steps, about: ChargeAbout): PlannedCharge {
    const earlier = steps.about(CHARGE, about.request);
    if (!earlier.every((step) => stateOfStep(step) === 'not-charged')) {
      throw new ChargedAlreadyError(`request ${about.request} has a charge`);
    }
    const payment = randomBytes(16).toString('hex');
    const { request, yen, means } = about;
    const step = steps.plan(CHARGE, request, { request, yen, means, payment });
    return { request, yen, means, payment, step: step.id };
  }

  stateOf(request: string): ChargeState {
    const step = this.#recorder.ledger.steps.about(CHARGE, request).at(-1);
    return step === undefined ? 'none' : stateOfStep(step);
  }

  /** How what was charged last for this request was paid, or should have been; null: never. */
  paidBy(request: string): Pick<ChargeAbout, 'yen' | 'means'> | null {
    const step = this.#recorder.ledger.steps.about(CHARGE, request).at(-1);
    if (step === undefined) return null;
    const { yen, means } = step.detail;
    return { yen: Number(yen), means: means as PaymentMeans };
  }

  /** Has the unit hold the money. `on.inserted`: yen put in so far. Abort: the person stops, and gets it back. */
  async authorise(
    charge: PlannedCharge,
    on: { inserted(yen: number): void },
    signal: AbortSignal,
  ): Promise<HeldCharge> {
    const { payment: id, yen, means, step } = charge;
    // A unit holds one payment: what an earlier person's was comes first.
    await this.settleOpen();
    try {
      const unit = this.#unit();
      if (unit?.means.includes(means) !== true) return this.#notCharged(step, 'absent');
      this.#recorder.ledger.steps.move(step, 'started');
      const said = await unit.authorise({ id, yen, means }, on, signal);
      if (said.outcome === 'not-authorised') return this.#notCharged(step, said.why);
      if (said.outcome === 'unknown') return this.#unknown(step, 'unit-does-not-know');
      this.#record(step, null, 'payment.authorised', {});
      return said;
    } catch (error) {
      return this.#later(step, 'void', error);
    }
  }

  /** Takes the money, when there is evidence of all that it is for. */
  capture(charge: PlannedCharge): Promise<EndedCharge> {
    return this.#do(charge.step, 'capture');
  }

  /** Gives the money back. */
  void(charge: PlannedCharge): Promise<EndedCharge> {
    return this.#do(charge.step, 'void');
  }

  /**
   * After a start, before anything is charged: what an earlier run left open is captured when what it was for came out,
   * and voided otherwise, as soon as the unit is there.
   */
  settleEarlierRun(wasIssued: WasIssued): void {
    for (const { id, state } of this.#recorder.ledger.steps.open(CHARGE)) {
      if (state !== 'unknown') this.#wanted.set(id, wasIssued);
    }
    void this.settleOpen();
  }

  /** Does what is still to be done, as far as it can be now; to be called when the unit is back, and now and then. */
  settleOpen(): Promise<void> {
    this.#settling ??= this.#settleAll().finally(() => {
      this.#settling = null;
    });
    return this.#settling;
  }

  async #settleAll(): Promise<void> {
    for (const [id, wanted] of [...this.#wanted]) {
      const step = this.#recorder.ledger.steps.find(id);
      const what = typeof wanted === 'function' ? wantedNow(step, wanted) : wanted;
      if (what === null) continue;
      const { outcome } = await this.#do(id, what);
      if (outcome !== 'unsettled') this.#wanted.delete(id);
    }
  }

  #do(id: string, wanted: Wanted): Promise<EndedCharge> {
    const done = this.#last.then(() => this.#doNow(id, wanted));
    this.#last = done.catch(() => {});
    return done;
  }

  async #doNow(id: string, wanted: Wanted): Promise<EndedCharge> {
    try {
      const step = this.#recorder.ledger.steps.find(id);
      if (step === null) throw new RangeError(`there is no charge ${id}`);
      if (step.state === 'due') return this.#notCharged(id, 'interrupted');
      const state = stateOfStep(step);
      if (state !== 'open') return endOf(step, state);
      const unit = this.#unit();
      if (unit === null) throw new PaymentLostError('there is no unit');
      return await this.#ask(unit, step, wanted);
    } catch (error) {
      return this.#later(id, wanted, error);
    }
  }

  async #ask(unit: PaymentUnit, step: Step, wanted: Wanted): Promise<EndedCharge> {
    const payment = String(step.detail['payment']);
    if (wanted === 'void') return this.#voided(step, await unit.void(payment), 'not-issued');
    const said = await unit.capture(payment);
    if (said.outcome === 'unknown') return this.#unknown(step.id, 'unit-does-not-know');
    if (said.outcome === 'done') {
      this.#record(step.id, 'done', 'payment.captured', {});
      return { outcome: 'charged' };
    }
    if (said.state === 'voided') return this.#notCharged(step.id, 'returned-at-unit');
    return this.#voided(step, await unit.void(payment), 'not-held');
  }

  #voided(step: Step, said: Settled, why: NotCharged): EndedCharge {
    if (said.outcome === 'done') return this.#notCharged(step.id, why);
    // Taken, and nothing came out for it: whether it is to be paid back is for a person to say.
    const reason = said.outcome === 'refused' ? 'captured-not-issued' : 'unit-does-not-know';
    return this.#unknown(step.id, reason);
  }

  #notCharged(id: string, why: NotCharged): NothingCharged {
    this.#record(id, 'failed', 'payment.voided', { reason: why }, { why });
    return { outcome: 'not-charged', why };
  }

  #unknown(id: string, reason: string): Undecided {
    this.#record(id, 'unknown', 'payment.unknown', { reason });
    return { outcome: 'unknown' };
  }

  #later(id: string, wanted: Wanted, error: unknown): Undecided {
    if (!(error instanceof PaymentLostError || error instanceof DiskFullError)) throw error;
    this.#wanted.set(id, wanted);
    return { outcome: 'unsettled' };
  }

  #record(
    id: string,
    state: Step['state'] | null,
    event: `payment.${'authorised' | 'captured' | 'voided' | 'unknown'}`,
    body: Readonly<Record<string, unknown>>,
    detail: Readonly<Record<string, unknown>> = {},
  ): void {
    const { ledger } = this.#recorder;
    const step = ledger.steps.find(id);
    if (step === null) throw new RangeError(`there is no charge ${id}`);
    const { request, payment, yen, means } = step.detail;
    const modelled = this.#unit()?.modelled === true ? true : undefined;
    this.#recorder.record(
      [{ event, subject: step.subject, body: { request, payment, yen, means, ...body } }],
      {
        steps: (steps) => {
          if (state !== null) steps.move(id, state, detail);
        },
        journal: () => ({ modelled }),
      },
    );
  }
}

function wantedNow(step: Step | null, wasIssued: WasIssued): Wanted | null {
  if (step === null || step.state === 'due') return 'void';
  const issued = wasIssued(String(step.detail['request']));
  if (issued === null) return null;
  return issued ? 'capture' : 'void';
}

function stateOfStep({ state, detail }: Step): Exclude<ChargeState, 'none'> {
  switch (state) {
    case 'due':
    case 'started':
      return 'open';
    case 'done':
      return 'charged';
    case 'failed':
      return 'not-charged';
    case 'unknown':
      return 'unknown';
    case 'settled':
      return detail['charged'] === true ? 'charged' : 'not-charged';
  }
}

/** How a charge that is over ended; doing more about it does nothing. */
function endOf({ detail }: Step, state: 'charged' | 'not-charged' | 'unknown'): EndedCharge {
  if (state !== 'not-charged') return { outcome: state };
  return { outcome: state, why: (detail['why'] as NotCharged | undefined) ?? 'not-issued' };
}
