/** Every sentence of a shelter's screens; ../catalogue.ts has those of all terminals, and the rules. */

import type { Crowding, Need, Supply } from '../../domain/evacuation.ts';
import type { ShelterField, ShelterProblem } from '../../domain/shelter-form.ts';
import type {
  ShelterAction,
  ShelterDone,
  ShelterUndoReason,
  StaffAsked,
} from '../../domain/shelter-screen.ts';

interface Headed {
  readonly title: string;
  readonly body: string;
}

type Counted = (given: { readonly people: number }) => string;

export interface ShelterTexts {
  readonly keys: { readonly next: string; readonly close: string };
  readonly people: { readonly title: string; readonly count: Counted };
  readonly waiting: Headed & {
    readonly offline: string;
    readonly noReader: string;
    readonly diskLow: string;
    /** Now. */
    readonly count: Counted;
    readonly crowding: Readonly<Record<Crowding, string>>;
    readonly noCard: string;
  };
  readonly family: {
    readonly title: string;
    readonly count: Counted;
    readonly more: string;
    readonly ends: (given: { readonly seconds: number }) => string;
    readonly complete: string;
    /** After everybody: where to. */
    readonly goIn: string;
    readonly next: string;
    readonly hold: string;
    /** In the ring of somebody whose name is not known. */
    readonly someone: string;
    readonly again: string;
    readonly back: string;
  };
  readonly menu: Headed & {
    readonly since: (given: { readonly when: string }) => string;
    readonly actions: Readonly<Record<ShelterAction, string>>;
    readonly staffOnly: string;
  };
  readonly supplies: Headed & {
    readonly kinds: Readonly<Record<Supply, string>>;
    readonly had: string;
  };
  readonly needs: Headed & {
    readonly kinds: Readonly<Record<Need, string>>;
    readonly chosen: string;
  };
  readonly done: Readonly<Record<ShelterDone, Headed>>;
  readonly noCard: Headed & {
    readonly unread: string;
    readonly unreadBody: string;
    readonly first: string;
    readonly firstAbout: string;
    readonly number: string;
    readonly numberAbout: string;
  };
  readonly typing: Readonly<Record<ShelterField, Headed>>;
  readonly problems: Readonly<Record<ShelterProblem, string>>;
  readonly slip: Headed & { readonly paper: string; readonly write: string };
  readonly staff: {
    readonly title: string;
    readonly refused: string;
    /** A key: the PIN in the place of a card. */
    readonly pin: string;
  } & Readonly<Record<StaffAsked, string>>;
  readonly why: { readonly title: string } & Readonly<Record<ShelterUndoReason, string>>;
  /** For staff alone. */
  readonly consented: {
    readonly title: string;
    readonly bloodType: string;
    readonly allergies: string;
    readonly medication: string;
    readonly contact: string;
    readonly agreed: (given: { readonly days: number }) => string;
  };
  readonly paper: Headed & { readonly card: string };
}
