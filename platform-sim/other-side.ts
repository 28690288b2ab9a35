/** What the other side of a service is given, and what it answers. */

import type { Assurance } from '../src/domain/entry-list.ts';
import type { Register } from './register.ts';

/** A question whose proof was checked. */
export interface CheckedQuestion {
  readonly terminal: string;
  /** What the JSON text said; the service checks it. */
  readonly body: unknown;
  /** Null: no card has to do with it. */
  readonly card: { readonly certificate: Buffer; readonly assurance: Assurance } | null;
}

export interface World {
  readonly register: Register;
  /** ms since the epoch */
  now(): number;
}

/** Resolves with what becomes the JSON text of the answer; rejects with `NotAQuestionError` for a body of another form. */
export type OtherSide = (question: CheckedQuestion, world: World) => object | Promise<object>;

export class NotAQuestionError extends Error {}
