/**
 * What a service tells the person in the end: one public table, as reasons are for those who are not served. A key is a
 * service and its answer; the words stand in src/text/, and what they mention is typed here.
 */

/** How the ring ends: closed in one stroke, with a sign of trouble, or neither. */
export type RingEnd = 'done' | 'problem' | 'neutral';

interface Age {
  readonly age: number;
}

/** An application for usage registration; its holder knows which. */
interface AppliedFor {
  readonly municipality: string;
}

/** What the words of each answer mention. */
export interface Tellings {
  /** Old enough. */
  readonly 'age-check.over': Age;
  readonly 'age-check.under': Age;
  /** Old enough, and the machine did not hand anything out. */
  readonly 'age-check.stuck': Age;
  /** The platform knows the certificate and says that it is not valid. */
  readonly 'age-check.invalid': Age;
  /** The platform does not know the certificate, or not its holder's date of birth. */
  readonly 'age-check.unknown': Age;
  /** Out of an event, and in again with the same card. */
  readonly 'exit.back': Record<never, never>;
  /** Out of an event, for good. */
  readonly 'exit.done': Record<never, never>;
  /** The gate is open, whoever it is. */
  readonly 'exit.open': Record<never, never>;
  /** Nobody has applied with this card. */
  readonly 'registration.none': Record<never, never>;
  /** The municipality looks at it until that day. */
  readonly 'registration.pending': AppliedFor & { readonly month: number; readonly day: number };
  /** Certificates can be had from now on. */
  readonly 'registration.accepted': AppliedFor;
  readonly 'registration.refused': AppliedFor;
}

export type ToldText = keyof Tellings;

export const RING_ENDS: Readonly<Record<ToldText, RingEnd>> = {
  'age-check.over': 'done',
  'age-check.under': 'neutral',
  'age-check.stuck': 'problem',
  'age-check.invalid': 'problem',
  'age-check.unknown': 'problem',
  'exit.back': 'done',
  'exit.done': 'done',
  'exit.open': 'done',
  'registration.none': 'neutral',
  'registration.pending': 'neutral',
  'registration.accepted': 'done',
  'registration.refused': 'problem',
};

export const TOLD_TEXTS = Object.keys(RING_ENDS) as readonly ToldText[];

export type Told = {
  readonly [Text in ToldText]: { readonly text: Text; readonly given: Tellings[Text] };
}[ToldText];
