/**
 * How a terminal is, as checks: the same words for the doctor at a keyboard and for the staff's screen. Pure functions
 * from what is known about the terminal; null stands for what is not.
 */

import type { PageCondition } from '../../devices/page/page-printer.ts';
import type { PrinterCondition } from '../../devices/receipt/receipt-printer.ts';
import type { Check, CheckId } from '../domain/check.ts';
import {
  ageOfList,
  assuranceReaches,
  type EntryListManifest,
  listRefusal,
  reachWithoutPin,
} from '../domain/entry-list.ts';
import type { ClockQuality } from '../domain/fact.ts';
import type { HeldRole } from '../domain/role.ts';
import type { KeyStore } from '../keys/key-store.ts';
import type { OwnValidity } from '../link/identity.ts';
import type { Root } from '../pki/root-object.ts';
import type { CrlSummary } from '../pki/trust-store.ts';
import { type AlertsLevel, alertsCheck } from './alerts-level.ts';
import { type NeighboursLevel, neighboursCheck } from './neighbours-level.ts';
import { PAGE_REMEDIES, PRINTER_REMEDIES } from './printer-remedies.ts';
import {
  KEYS_REMEDIES,
  linkRemedy,
  OUT_OF_REACH_REMEDIES,
  RENEWAL_REMEDY,
  TURNSTILE_REMEDY,
} from './remedies.ts';
import { type RemoteLevel, remoteCheck } from './remote-level.ts';
import { roleCheck } from './role-level.ts';

/** Each member is null while it is not known, `none` where the terminal has no such thing. Times are ms since the epoch, sizes bytes. */
export interface Levels {
  readonly now: number;
  readonly reader: Device | null;
  readonly printer: (Device & { readonly condition: PrinterCondition | null }) | 'none' | null;
  readonly page: (Device & { readonly condition: PageCondition | null }) | 'none' | null;
  /** `condition`: as its latest answer has it. */
  readonly turnstile: (Device & { readonly condition: string | null }) | 'none' | null;
  readonly payment: Device | 'none' | null;
  readonly remote: RemoteLevel | 'none' | null;
  readonly disk: DiskLevel | null;
  readonly clock: ClockQuality | null;
  readonly list: ListLevel | 'none' | null;
  readonly trust: TrustLevel | null;
  readonly keys: KeysLevel | null;
  /** The certificate that the terminal shows to the platform; `none`: it is not enrolled. */
  readonly certificate: OwnValidity | 'none' | null;
  readonly root: RootLevel | null;
  /** Whether there is an institution's key to ask cards for their proof with. */
  readonly hasInstitution: boolean | null;
  readonly waiting: WaitingLevel | null;
  readonly papers: { readonly owed: number; readonly unknown: number } | null;
  readonly link: LinkLevel | null;
  readonly neighbours: NeighboursLevel | 'none' | null;
  readonly alerts: AlertsLevel | 'none' | null;
  readonly role: HeldRole | 'none' | null;
}

/** `lost`: why it can't be used, null when it can. */
export interface Device {
  readonly name: string;
  readonly lost: string | null;
}

export interface DiskLevel {
  readonly freeBytes: number;
  /** What a terminal wants free before it serves a person. */
  readonly neededBytes: number;
  readonly reserveIntact: boolean;
}

export interface ListLevel {
  readonly id: string;
  /** The version that decides, and when the platform last said that it is the newest. */
  readonly active: {
    readonly manifest: EntryListManifest;
    readonly confirmedAt: number;
  } | null;
  /** Null: it can't be known from here. */
  readonly hasKey: boolean | null;
}

export interface TrustLevel {
  readonly version: number | null;
  readonly anchors: number;
  /** `nextUpdate` of the newest revocation list of each key. */
  readonly revocationUntil: readonly number[];
  readonly damaged: boolean;
}

export interface KeysLevel {
  readonly store: KeyStore['kind'];
  /** Whether whoever copies the disk can't use them. */
  readonly sealed: boolean;
  /** Why they can't be used; null when they can. */
  readonly lost: string | null;
}
/** The platform's root; `damaged`: it is kept, but can't be read. */
export type RootLevel = { readonly version: number; readonly expires: number } | 'damaged' | 'none';

export interface WaitingLevel {
  readonly facts: number;
  /** When the oldest of them happened. */
  readonly since: number | null;
}

export interface LinkLevel {
  readonly up: boolean;
  /** When it came up, or was last up. */
  readonly contactAt: number | null;
  readonly reason: string | null;
}

const HOUR_MS = 3_600_000;
/** Longer without contact than a night: the street's own ups and downs are no news. */
const WAITING_MS_MAX = 24 * HOUR_MS;
const MEBIBYTE = 1_048_576;

/** One check for each level, in the order in which people look for a fault. */
export function levelsOf(levels: Levels): Check[] {
  return [
    readerCheck(levels),
    printerCheck(levels),
    pageCheck(levels),
    turnstileCheck(levels),
    paymentCheck(levels),
    remoteCheck(levels.remote),
    diskCheck(levels),
    clockCheck(levels),
    listCheck(levels),
    trustCheck(levels),
    rootCheck(levels),
    revocationCheck(levels),
    keysCheck(levels),
    certificateCheck(levels),
    waitingCheck(levels),
    papersCheck(levels),
    linkCheck(levels),
    neighboursCheck(levels.neighbours),
    alertsCheck(levels.alerts),
    roleCheck(levels.role, levels.now),
  ];
}

/** `nextUpdate` of each key's newest list. `crls`: the highest number first, as a trust store has them. */
export function newestOf(crls: readonly CrlSummary[]): number[] {
  const newest = new Map<string, number>();
  for (const { keyId, nextUpdate } of crls.toReversed()) newest.set(keyId, nextUpdate);
  return [...newest.values()];
}

/** `held`: as the ledger has it. */
export function rootLevel(held: Root | 'damaged' | null): RootLevel {
  if (held === 'damaged') return held;
  return held === null ? 'none' : { version: held.version, expires: held.expires };
}

export function ok(id: CheckId, detail: string): Check {
  return { id, state: 'ok', detail, remedy: null };
}

export function notWell(id: CheckId, detail: string, remedy: string): Check {
  return { id, state: 'not-well', detail, remedy };
}

export function unknown(id: CheckId, detail: string): Check {
  return { id, state: 'unknown', detail, remedy: null };
}

function readerCheck({ reader }: Levels): Check {
  if (reader === null) return unknown('card-reader', 'nothing is known of the reader');
  if (reader.lost === null) return ok('card-reader', reader.name);
  const remedy =
    'plug the reader in; check `[card] reader` in the configuration; restart pcscd: systemctl restart pcscd';
  return notWell('card-reader', reader.lost, remedy);
}

function printerCheck({ printer }: Levels): Check {
  if (printer === null) return unknown('receipt-printer', 'nothing is known of the printer');
  if (printer === 'none') return unknown('receipt-printer', 'not used: none is configured');
  if (printer.lost !== null) {
    const remedy =
      'check its power and cable and `[receipt]` in the configuration; people are let in, their receipts are owed';
    return notWell('receipt-printer', `${printer.name}: ${printer.lost}`, remedy);
  }
  const { name, condition } = printer;
  if (condition === null || condition === 'ready') {
    return ok('receipt-printer', `${name} answers`);
  }
  return notWell('receipt-printer', `${name}: ${condition}`, PRINTER_REMEDIES[condition]);
}

function pageCheck({ page }: Levels): Check {
  if (page === null) return unknown('page-printer', 'nothing is known of the page printer');
  if (page === 'none') return unknown('page-printer', 'not used: none is configured');
  const { name, lost, condition } = page;
  if (lost !== null) return notWell('page-printer', `${name}: ${lost}`, PAGE_REMEDIES.offline);
  if (condition === null || condition === 'ready') return ok('page-printer', `${name} answers`);
  return notWell('page-printer', `${name}: ${condition}`, PAGE_REMEDIES[condition]);
}

function turnstileCheck({ turnstile }: Levels): Check {
  if (turnstile === null) return unknown('turnstile', 'nothing is known of the turnstile');
  if (turnstile === 'none') return unknown('turnstile', 'not used: none is configured');
  const { name, lost, condition } = turnstile;
  const wrong = lost ?? (condition === 'ready' ? null : condition);
  if (wrong === null) return ok('turnstile', `${name} answers`);
  return notWell('turnstile', `${name}: ${wrong}`, TURNSTILE_REMEDY);
}

function paymentCheck({ payment }: Levels): Check {
  if (payment === null) return unknown('payment-unit', 'nothing is known of the payment unit');
  if (payment === 'none') return unknown('payment-unit', 'not used: none is configured');
  if (payment.lost === null) return ok('payment-unit', `${payment.name} answers`);
  const remedy =
    'switch the payment unit on; check its cable and `[payment]` in the configuration; money that it holds is settled when it is back';
  return notWell('payment-unit', `${payment.name}: ${payment.lost}`, remedy);
}

function diskCheck({ disk }: Levels): Check {
  if (disk === null) return unknown('disk', 'the state folder can not be looked at');
  const free = `${mebibytes(disk.freeBytes)} MiB free`;
  const needed = `${mebibytes(disk.neededBytes)} MiB are needed`;
  const remedy =
    'make room on the disk of the state folder; nothing in that folder itself may be deleted';
  if (disk.freeBytes < disk.neededBytes) return notWell('disk', `${free}, ${needed}`, remedy);
  if (!disk.reserveIntact) {
    return notWell('disk', `${free}, but the reserve for the last facts is used up`, remedy);
  }
  return ok('disk', free);
}

function clockCheck({ clock }: Levels): Check {
  switch (clock) {
    case null:
      return unknown('clock', 'it is not known how well the clock is set');
    case 'synced':
      return ok('clock', 'agrees with the platform');
    case 'holdover':
      return ok('clock', 'is not held against the platform now');
    case 'unset':
      return notWell(
        'clock',
        'is not set: it jumped, or is behind what the platform said earlier',
        'let the terminal reach the platform, which corrects it; check time synchronisation and the battery of the clock',
      );
  }
}

function listCheck({ list, hasInstitution, now }: Levels): Check {
  if (list === null) return unknown('list', 'the lists can not be looked at');
  if (list === 'none') return unknown('list', 'not used: no service here works with a list');
  const reach = 'let the terminal reach the platform, and the organiser publish the list to it';
  if (list.active === null) return notWell('list', `${list.id} is not here`, reach);
  const { manifest, confirmedAt } = list.active;
  const version = `${list.id}, version ${manifest.version}, ${manifest.rows} rows`;
  if (list.hasKey === false) return notWell('list', `${version}: its key is not here`, reach);
  const age = ageOfList(manifest.staleness, confirmedAt, now);
  const confirmed = `confirmed ${ago(now - confirmedAt)}`;
  if (listRefusal(manifest, confirmedAt, now) !== null) {
    const validity = `valid from ${manifest.validFrom} to ${manifest.validTo}`;
    const why = age === 'too-old' ? `too old: ${confirmed}` : validity;
    return notWell('list', `${version}: ${why}`, `${reach}; check the clock`);
  }
  const isInReach = assuranceReaches(reachWithoutPin(hasInstitution ?? true), manifest.assurance);
  if (!isInReach) {
    const why = `${version}: asks every card for ${manifest.assurance}, which this terminal can't: nobody would be admitted`;
    return notWell('list', why, OUT_OF_REACH_REMEDIES[manifest.assurance]);
  }
  return ok('list', `${version}, ${confirmed}${age === 'fresh' ? '' : `, ${age}, still used`}`);
}

function trustCheck({ trust }: Levels): Check {
  if (trust === null) return unknown('trust', 'the trust folder can not be looked at');
  const reach = 'let the terminal reach the platform, which sends the authorities';
  if (trust.damaged) return notWell('trust', 'the files are damaged', reach);
  if (trust.anchors === 0) {
    return notWell('trust', "no authority's certificate is here: no card would be admitted", reach);
  }
  const version = trust.version === null ? '' : `version ${trust.version}, `;
  return ok('trust', `${version}${trust.anchors} authorities`);
}

function revocationCheck({ trust, now }: Levels): Check {
  if (trust === null || trust.damaged || trust.anchors === 0) {
    return unknown('revocation', 'there is nothing to look at without authorities');
  }
  const reach = 'let the terminal reach the platform; cards are admitted meanwhile, and marked';
  const [oldest] = trust.revocationUntil.toSorted((a, b) => a - b);
  // Whoever added an authority without one said so (decision 7 in ARCHITECTURE.md).
  if (oldest === undefined) return ok('revocation', 'no revocation list: nobody is looked up');
  const until = `${trust.revocationUntil.length} lists, valid until ${iso(oldest)}`;
  return oldest < now ? notWell('revocation', `${until}: past`, reach) : ok('revocation', until);
}

function keysCheck({ keys }: Levels): Check {
  if (keys === null) return unknown('keys', 'nothing is known of the keys');
  const { store, sealed, lost } = keys;
  if (lost !== null) return notWell('keys', lost, KEYS_REMEDIES[store]);
  const where = { file: 'in files', pkcs11: 'in a token' }[store];
  // A decision of the operator's, not a fault: there are machines without a TPM.
  const note = sealed ? 'sealed' : 'not sealed: whoever copies the disk has them';
  return ok('keys', store === 'file' ? `${where}, ${note}` : where);
}

function certificateCheck({ certificate, now }: Levels): Check {
  if (certificate === null) return unknown('certificate', 'the ledger can not be looked at');
  if (certificate === 'none') return unknown('certificate', 'this terminal is not enrolled');
  const { renewFrom, notAfter } = certificate;
  const until = `until ${iso(notAfter)}`;
  if (now < renewFrom) {
    return ok('certificate', `${until}, to be renewed from ${iso(renewFrom)} on`);
  }
  if (now > notAfter) {
    const past = `${until}: past; the platform sends no lists and no keys before it is renewed`;
    return notWell('certificate', past, RENEWAL_REMEDY);
  }
  const due = `${until}, to be renewed since ${iso(renewFrom)}`;
  const isOverdue = now - renewFrom > WAITING_MS_MAX;
  return isOverdue ? notWell('certificate', due, RENEWAL_REMEDY) : ok('certificate', due);
}

function rootCheck({ root, now }: Levels): Check {
  if (root === null) return unknown('root', 'the ledger can not be looked at');
  if (root === 'none') return unknown('root', 'no platform was met yet');
  const reach = 'let the terminal reach the platform; it serves on with the lists that it has';
  if (root === 'damaged') return notWell('root', 'what is kept of it can not be read', reach);
  const { version, expires } = root;
  if (now < expires) return ok('root', `version ${version}, until ${iso(expires)}`);
  return notWell(
    'root',
    `version ${version} should have been renewed by ${iso(expires)}; it still counts`,
    "ask the platform's operator for `kazasu-platform root renew`, and let the terminal reach the platform",
  );
}

function waitingCheck({ waiting, now }: Levels): Check {
  if (waiting === null) return unknown('facts-waiting', 'the ledger can not be looked at');
  if (waiting.facts === 0) return ok('facts-waiting', 'the platform holds every fact');
  const since = waiting.since === null ? '' : `, the oldest since ${iso(waiting.since)}`;
  const detail = `${waiting.facts} facts wait for the platform${since}`;
  const long = waiting.since !== null && now - waiting.since > WAITING_MS_MAX;
  if (!long) return ok('facts-waiting', detail);
  return notWell('facts-waiting', detail, 'check the network; nothing is lost while they wait');
}

function papersCheck({ papers }: Levels): Check {
  if (papers === null) return unknown('papers', 'the ledger can not be looked at');
  const { owed, unknown: asked } = papers;
  if (owed + asked === 0) return ok('papers', 'none wait');
  return notWell(
    'papers',
    `${owed} owed, ${asked} of unknown outcome`,
    'see which with `kazasu papers`; say what became of them with `kazasu settle`',
  );
}

function linkCheck({ link, now }: Levels): Check {
  if (link === null) return unknown('link', 'no contact is on record');
  if (link.up) return ok('link', 'the platform is reached');
  const contact = link.contactAt === null ? '' : `, last contact ${ago(now - link.contactAt)}`;
  const reason = link.reason === null ? '' : ` (${link.reason})`;
  const remedy = `${linkRemedy(link.reason ?? '')}; the terminal serves on meanwhile`;
  return notWell('link', `the platform is not reached${reason}${contact}`, remedy);
}

function mebibytes(bytes: number): number {
  return Math.floor(bytes / MEBIBYTE);
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

function ago(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  return minutes < 120 ? `${minutes} minutes ago` : `${Math.round(minutes / 60)} hours ago`;
}
