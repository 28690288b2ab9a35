/** What the centre asks the threads in which the municipalities' issuing servers work, and what they say. */

import type { KeyObject } from 'node:crypto';
import type { CentreRefusal } from '../../src/link/certificate-protocol.ts';
import type { IssuedDocument, IssueRequest, Wanted } from './municipalities.ts';

/** `at`: ms since the epoch. */
export interface MunicipalCalls {
  link: { asked: { readonly record: string; readonly der: Uint8Array }; said: null };
  residenceOf: { asked: { readonly certificate: string }; said: string | null };
  obstaclesTo: {
    asked: {
      readonly wanted: readonly Wanted[];
      readonly certificate: string;
      readonly at: number;
    };
    said: readonly (CentreRefusal | null)[];
  };
  otherHolder: {
    asked: { readonly wanted: Wanted; readonly certificate: string; readonly at: number };
    said: string | null;
  };
  /** `key`: of the municipality, private; null: it has none. */
  issue: {
    asked: { readonly request: IssueRequest; readonly key: KeyObject | null };
    said: IssuedDocument | { readonly refused: CentreRefusal };
  };
}

export type CallName = keyof MunicipalCalls;

export interface Call<Name extends CallName = CallName> {
  readonly id: number;
  readonly name: Name;
  readonly asked: MunicipalCalls[Name]['asked'];
}

export type Said =
  | { readonly id: number; readonly said: MunicipalCalls[CallName]['said'] }
  /** The name of an error: what it says may be of a person. */
  | { readonly id: number; readonly failed: string };
