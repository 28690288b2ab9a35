/** A service: one machine tied to its effects. `index.ts` lists them all. */

import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import type { CardReader, Institution } from '../../devices/card/card.ts';
import type { PageCondition, PagePrinter } from '../../devices/page/page-printer.ts';
import type { PaymentUnit } from '../../devices/payment/payment.ts';
import type { Charges } from '../charges.ts';
import type { Alerts } from '../domain/alert.ts';
import type { CertificateVerdict } from '../domain/certificate-verdict.ts';
import type { AnyErrandId, VisitId } from '../domain/errand.ts';
import type { ClockQuality } from '../domain/fact.ts';
import type { Openness } from '../domain/kiosk-screen.ts';
import type { Reason } from '../domain/reason.ts';
import type { RevocationAdvice } from '../domain/revocation.ts';
import type { FirstEntry, Language, ListShown, Purpose, ScreenBody } from '../domain/screen.ts';
import type { SensedTap } from '../domain/tap.ts';
import type { PROGRAMME } from '../domain/television-screen.ts';
import type { KeyStore } from '../keys/key-store.ts';
import type { FetchObject } from '../link/object-source.ts';
import type { Ask } from '../link/questions.ts';
import type { SharedMarks } from '../neighbours/exchange.ts';
import type { Papers } from '../papers.ts';
import type { ListKeys } from '../pki/converted-value.ts';
import type { Signers } from '../pki/signed-object.ts';
import type { TrustStore } from '../pki/trust-store.ts';
import type { Recorder } from '../recorder.ts';
import type { HandOut } from '../release-slot.ts';
import type { StaffPin } from '../staff/staff-pin.ts';
import type { ListShelf } from '../store/list-shelf.ts';
import type { TurnstileSlot } from '../turnstile-slot.ts';
import type { WakeScreen } from '../tv-power-slot.ts';

/** What a terminal offers its services. Devices and trust come and go: ask at the time of use. */
export interface TerminalParts {
  readonly terminal: string;
  /** ms since the epoch, never before the trusted high-water mark; see src/clock.ts. */
  now(): number;
  clockQuality(): ClockQuality;
  reader(): CardReader | null;
  trust(): TrustStore;
  /**
   * What the issuer itself says now of a card (DER) that was found valid offline: revoked by either is revoked, and
   * `revocation: 'ocsp'` says that it was asked and said "good". Where there is no responder, no network or no answer that
   * can be believed, `offline` comes back. Never rejects, and takes half a second at most (`briefly`: people queue), or two.
   */
  revocationNow(
    certificate: Uint8Array,
    offline: CertificateVerdict,
    patience: 'briefly' | 'patiently',
  ): Promise<CertificateVerdict>;
  /** The name of the attendant whose user-authentication certificate (DER) this is; null for everybody else. */
  attendant(certificate: Uint8Array): string | null;
  /** For what staff do outside of their menu; null where nobody is staff. */
  readonly staffPin: Pick<StaffPin, 'signIn' | 'typeSecret'> | null;
  listKeys(list: string): ListKeys | null;
  /** What stands for this terminal in what cards sign. */
  identity(): Uint8Array;
  /** In whose name a card is asked to prove its key; null: nobody's. */
  institution(): Institution | null;
  /** Whether the platform could be asked now. */
  isOnline(): boolean;
  readonly ask: Ask;
  /** Of the platform, by the SHA-256 (hex) of what is fetched. */
  readonly fetchObject: FetchObject;
  /** Whose signatures count; null without a link. */
  signers(): Signers | null;
  /** Has a machine hand something out; null where none is configured. */
  readonly handOut: HandOut | null;
  /** What opens for one person and notices whether they walk through; null where none is configured. */
  readonly turnstile: Pick<TurnstileSlot, 'isOpen' | 'letThrough'> | null;
  /** Switches the television on and has it show this terminal; null where nothing is configured that could. */
  readonly wakeScreen: WakeScreen | null;
  /** As `reader`: the one that is open now; null where there is none. */
  pagePrinter(): PagePrinter | null;
  /** What it last said of itself; null where none is configured. */
  pageCondition(): PageCondition | null;
  paymentUnit(): PaymentUnit | null;
  /** Calls the listener on every change of what is in the field, until the returned function is called. */
  watchCard(listener: () => void): () => void;
  /** The card in the field now, or null. */
  cardInField(): SensedTap | null;
  /** What the municipality tells people to do; null where the terminal has no `[place]`. */
  readonly alerts: Alerts | null;
  /** Calls the listener when there may be news of how people are (question `evacuation-standing`), until the returned function is called. */
  watchStanding(listener: () => void): () => void;
  /** The terminal's own keys. */
  readonly keyStore: KeyStore;
  readonly shelf: ListShelf;
  readonly recorder: Recorder;
  readonly papers: Papers;
  readonly charges: Charges;
}

/** What a screen may say of the latest answer. */
export interface AnswerShown {
  readonly seat: string | null;
  /** Masked; null when none is known, or the card is gone. */
  readonly name: string | null;
  readonly first: FirstEntry | null;
  /** Of a revoked certificate; for the screen alone. */
  readonly advice: RevocationAdvice | null;
  /** The list that decided. */
  readonly list: ListShown | null;
  /** A seat ticket is printed with it. */
  readonly paper: boolean;
  /** For so many minutes an owed receipt is printed for the same card. */
  readonly claimMinutes: number;
}

/** Where a terminal stands, as people know it. */
export interface Place {
  /** The event; empty before there is a list. */
  readonly title: string;
  readonly gate: string;
  readonly startsAt: string | null;
  readonly list: ListShown | null;
  /** What a card is held for. */
  readonly purpose: Purpose;
}

/** What only a service with receipts has. */
export interface ReceiptsOfService {
  /** Null when there is nothing to say, or not any more. */
  shown(tap: number): AnswerShown | null;
  /** The name goes with the card; the rest of the answer when it leaves the screen. */
  forget(what: 'name' | 'answer'): void;
  /** Calls `owed` when the receipt of this tap turns out not to come; returns how to stop listening. */
  watch(tap: number, owed: () => void): () => void;
}

/** `unwatched`: the turnstile is gone in the middle of it; the attendant may say it still. */
export type PassageHeard = 'passed' | 'not-passed' | 'unwatched';

/** What only a service has that notices whether people who were let in walk through. */
export interface PassagesOfService {
  /** Calls `heard` with what becomes of the person of this tap, at once when it is already known; returns how to stop listening. */
  watch(tap: number, heard: (what: PassageHeard) => void): () => void;
  /** The attendant saw it. The first word counts; what is known already stays. */
  say(tap: number, passed: boolean): void;
  /** The terminal ends: what nobody has said is not waited for. */
  stop(): void;
}

/** What only a service has whose own states a person sees. */
export interface DialogueOfService {
  /** What is shown in this state of its machine. */
  screenOf(snapshot: AnyMachineSnapshot): ScreenBody | null;
  /** Where what is typed on a secret screen goes: it is in no event, no context and no journal. */
  typeSecret(character: string): void;
}

/** A visit that begins before any card. */
export interface Visit {
  readonly id: VisitId;
  /** Input `ErrandInput`, output `ErrandEnd`. It ends when its person has gone, and no card of theirs lies there. */
  readonly machine: AnyStateMachine;
  /** What is shown in this state of its machine, or of the child `secret` that asks for a PIN or a password. */
  screenOf(snapshot: AnyMachineSnapshot): ScreenBody | null;
  /** As of a dialogue. */
  typeSecret(character: string): void;
}

/** Chosen on the screen. */
export interface Errand extends Visit {
  readonly id: AnyErrandId;
  /** Whether it can be chosen now, and until when; null: nothing is said of it. */
  openness(): Openness;
}

/** What is shown for as long as the terminal runs, in the place of a screen that waits for a card. */
export interface Programme extends Visit {
  readonly id: typeof PROGRAMME;
  /** What the voice says where a state says `tv-call`, ready to be read aloud; null: the general words. */
  callWords(language: Language): string | null;
}

export interface Service {
  readonly id: string;
  readonly needs: readonly ('card' | 'receipt' | 'release' | 'page' | 'payment')[];
  /** The entry lists that the service works with. */
  readonly lists: readonly string[];
  /** Also where no fact can be kept: people would be locked in. */
  readonly servesAlways?: true;
  /** What is missing and does not close the service: its own screen says so. */
  readonly servesWithout?: readonly Reason[];
  /** Whether facts about this subject still decide something here, and stay in the ledger for it. */
  keeps?(subject: string): boolean;
  /** What stands in the way of this service now. */
  obstacle(): Reason | null;
  /** Serves one tap: input `SensedTap`, output `Answer`. */
  readonly machine: AnyStateMachine;
  /** Longest time that it may keep a person without an answer, in ms; default: the session's. */
  readonly limitMs?: number;
  place(): Place;
  /** Of a service that takes money: whether what this request was for came out whole; null while that is not known. */
  wasIssued?(request: string): boolean | null;
  readonly errands?: readonly Errand[];
  /** What stands on the screen while nobody is there, in the place of the menu of errands. */
  home?(offline: boolean): ScreenBody;
  readonly programme?: Programme;
  /** Of a terminal that the same people use: what they choose stays, also after a start. */
  readonly language?: { chosen(): Language; keep(language: Language): void };
  /** Of a shelter: by what its readers know cards again. */
  readonly marks?: SharedMarks;
  /** The terminal ends. */
  stop?(): void;
  readonly receipts?: ReceiptsOfService;
  readonly passages?: PassagesOfService;
  readonly dialogue?: DialogueOfService;
}
