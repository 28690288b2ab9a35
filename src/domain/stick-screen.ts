/** What a stick brings to a terminal, as its staff is told of it before anybody says that it is to be taken. */

import type { CommandRefusal } from './command.ts';

export const STICK_SCREENS = [
  /** What it brings, or why nothing of it is taken; take it? */
  'staff-stick',
] as const;

/** Why nothing is taken. Of the order: as `CommandRefusal`, and what the stick or the signature is not. */
export type StickFault =
  | CommandRefusal
  | 'none'
  | 'not-a-file'
  | 'too-large'
  | 'unreadable'
  | 'bad-signature'
  | 'not-named'
  | 'no-order'
  | 'other-terminal'
  | 'clock-unset'
  | 'signer-expired'
  | 'damaged'
  /** It was taken, or refused, before. */
  | 'repeated'
  | 'disk-full'
  /** Of the list; the order that came with it is not taken either. */
  | 'list-older'
  | 'list-other'
  | 'list-keys'
  | 'list-expired'
  | 'list-signature'
  | 'list-incomplete'
  | 'list-damaged'
  | 'list-busy';

/** `until`: ISO 8601 in UTC. */
export type StickOrder =
  | { readonly does: 'take-role'; readonly name: string; readonly until: string }
  | { readonly does: 'end-role' };

export interface StickList {
  readonly list: string;
  readonly version: number;
}

export type StickShown =
  /** At least one of the two; both are taken, or none. */
  | {
      readonly is: 'brings';
      readonly order: StickOrder | null;
      readonly list: StickList | null;
    }
  | StickNotTaken;

/** What is so afterwards, where not all of it was taken. */
export type StickNotTaken =
  | { readonly is: 'nothing'; readonly why: StickFault }
  /** Right after the list something came in the order's way, like a disk that filled: `why` it was not taken. */
  | { readonly is: 'list-alone'; readonly list: StickList; readonly why: StickFault };

/** What was taken. */
export type StickResult = 'stick-order-taken' | 'stick-list-taken';

export type StickScreenBody = { readonly screen: 'staff-stick'; readonly shown: StickShown };
