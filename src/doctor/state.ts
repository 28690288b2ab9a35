/** What the state folder of a terminal tells to somebody who only looks: nothing in it is changed, locked or repaired. */

import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Check } from '../domain/check.ts';
import { lookAtKeyFiles } from '../keys/file-key-store.ts';
import { keyFolder } from '../keys/open-key-store.ts';
import { validityOf } from '../link/identity.ts';
import { labelOf } from '../link/list-keys.ts';
import { pinnedPlatform } from '../link/pinned-platform.ts';
import { heldRoot } from '../link/platform-root.ts';
import { readTrust } from '../link/trust-folder.ts';
import { heldRole, inRole } from '../role-config.ts';
import { listUsed } from '../service-config.ts';
import { openPapersOf } from '../staff/open-papers.ts';
import { keptTime } from '../state-folder.ts';
import { codeOf, headroom, Reserve, SERVICE_HEADROOM_BYTES } from '../store/disk.ts';
import { lookAtHeld } from '../store/heard-file.ts';
import { LedgerError } from '../store/ledger-file.ts';
import { LedgerInspection } from '../store/ledger-inspection.ts';
import { lookAtShelf } from '../store/list-shelf.ts';
import { SoleOwner } from '../store/sole-owner.ts';
import { alertsLevel } from './alerts-level.ts';
import { type JournalView, viewOfJournal } from './journal-view.ts';
import {
  type DiskLevel,
  type KeysLevel,
  type Levels,
  type ListLevel,
  newestOf,
  notWell,
  ok,
  rootLevel,
  type TrustLevel,
  unknown,
} from './levels.ts';

/** Null: this user may not look. */
export type DaemonState = 'running' | 'not-running' | null;

/** Levels that only devices can tell. */
type DevicesTold = 'reader' | 'printer' | 'turnstile' | 'page' | 'payment' | 'remote';

export interface StateView {
  readonly daemon: DaemonState;
  /** What the terminal is: what it is configured to be, or what an order makes of it. */
  readonly config: Config;
  /** All but what only devices can tell. */
  readonly levels: Omit<Levels, DevicesTold>;
  readonly ledger: Check;
  readonly journal: JournalView;
  /** Number of facts by kind; null when there is no ledger that can be read. */
  readonly facts: Readonly<Record<string, number>> | null;
  readonly sqlite: string | null;
}

interface LedgerView {
  readonly check: Check;
  readonly waiting: Levels['waiting'];
  readonly papers: Levels['papers'];
  readonly timeHigh: number | null;
  /** The platform's CA certificate, null when none was met yet. */
  readonly pinned: Buffer | null | 'unread';
  readonly certificate: Levels['certificate'];
  readonly root: Levels['root'];
  readonly alerts: Levels['alerts'];
  readonly role: Levels['role'];
  readonly facts: StateView['facts'];
  readonly sqlite: string | null;
}

const NO_JOURNAL: JournalView = {
  reader: null,
  printer: null,
  turnstile: null,
  page: null,
  payment: null,
  remote: null,
  link: null,
  clock: null,
  keys: null,
  hasInstitution: null,
  neighbours: null,
};

export async function lookAtState(configured: Config): Promise<StateView> {
  const ledger = lookAtLedger(configured);
  const role = ledger.role === 'none' ? null : ledger.role;
  const config = inRole(configured, role);
  const { now, quality } = clockOf(ledger.timeHigh);
  const daemon = isForbidden(config.state) ? null : readable(() => daemonOn(config.state));
  const journal = await viewOfJournal(config.state).catch(orIfForbidden(NO_JOURNAL));
  const isRunning = daemon === 'running';
  return {
    daemon,
    config,
    journal,
    ledger: ledger.check,
    facts: ledger.facts,
    sqlite: ledger.sqlite,
    levels: {
      now,
      disk: readable(() => diskOf(config.state)),
      clock: isRunning && quality !== 'unset' ? clockOfDaemon(journal) : quality,
      list: readable(() => listOf(config)),
      certificate: ledger.certificate,
      root: ledger.root,
      trust: await trustOf(config, ledger.pinned).catch(orIfForbidden(null)),
      keys: readable(() => keysOf(config, isRunning ? journal : NO_JOURNAL)),
      hasInstitution: journal.hasInstitution,
      waiting: ledger.waiting,
      papers: ledger.papers,
      link: isRunning || journal.link === null ? journal.link : notUp(journal.link),
      alerts: ledger.alerts,
      role: ledger.role,
      neighbours: readable(() => neighboursOf(config, isRunning ? journal : NO_JOURNAL)),
    },
  };
}

function daemonOn(state: string): DaemonState {
  return SoleOwner.isClaimed(state) ? 'running' : 'not-running';
}

/** No daemon, no link: what counts is when there was one. */
function notUp(link: NonNullable<JournalView['link']>): NonNullable<JournalView['link']> {
  return { ...link, up: false, reason: link.reason ?? 'no daemon runs' };
}

function clockOfDaemon({ clock, link }: JournalView): Levels['clock'] {
  if (link?.up) return 'synced';
  return clock === 'unset' ? 'unset' : 'holdover';
}

/** The clock as a daemon that starts now would have it. */
function clockOf(timeHigh: number | null): { now: number; quality: Levels['clock'] } {
  const clock = new Clock({ mark: { load: () => timeHigh, save: () => {} } });
  try {
    return { now: clock.now(), quality: clock.quality() };
  } finally {
    clock.close();
  }
}

function lookAtLedger(config: Config): LedgerView {
  const unseen = { waiting: null, papers: null, timeHigh: null };
  const nothing = {
    ...{ ...unseen, certificate: null, root: null, facts: null, sqlite: null },
    alerts: alertsLevel(config.place, null, null),
    role: 'none' as const,
  };
  const unread = { ...nothing, pinned: 'unread', alerts: null, role: null } as const;
  if (isForbidden(config.state)) {
    const why = `${config.state} is not for this user to see; run it as root or as the daemon's user`;
    return { ...unread, check: unknown('ledger', why) };
  }
  let ledger: LedgerInspection | null = null;
  try {
    ledger = LedgerInspection.open(config.state);
    if (ledger === null) {
      const why = 'there is none yet; the first start makes it';
      return { ...nothing, pinned: null, check: unknown('ledger', why) };
    }
    const check = ledgerCheck(ledger, config);
    if (check.state !== 'ok') return { ...unread, check };
    return { ...valuesOf(ledger, config), check };
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    if (error.code === 'unwritable') return { ...unread, check: unknown('ledger', error.message) };
    return { ...unread, check: notWell('ledger', error.message, KEEP_A_COPY) };
  } finally {
    ledger?.close();
  }
}

const KEEP_A_COPY =
  'stop the daemon and keep a copy of the whole state folder: it may hold facts that the platform does not have; then move the folder away and start again';

function ledgerCheck(ledger: LedgerInspection, config: Config): Check {
  if (ledger.terminal !== config.name) {
    const whose = `belongs to terminal "${ledger.terminal}", not to "${config.name}"`;
    return notWell('ledger', whose, 'give each terminal a state folder of its own');
  }
  const verdict = ledger.verify();
  if (verdict.ok) return ok('ledger', `${verdict.facts} facts, whole and chained`);
  return notWell('ledger', `damaged: ${verdict.why}`, KEEP_A_COPY);
}

function valuesOf(ledger: LedgerInspection, { place }: Config): Omit<LedgerView, 'check'> {
  const papers = openPapersOf(ledger.facts());
  const owed = papers.filter(({ state }) => state === 'owed').length;
  const oldest = ledger.oldestWaiting();
  const root = heldRoot(ledger);
  return {
    waiting: {
      facts: ledger.waiting(),
      since: oldest === null ? null : Date.parse(oldest.at),
    },
    papers: { owed, unknown: papers.length - owed },
    timeHigh: keptTime(ledger),
    pinned: pinnedPlatform(ledger),
    certificate: validityOf(ledger) ?? 'none',
    root: rootLevel(root),
    alerts: alertsLevel(place, root, null),
    role: heldRole(ledger) ?? 'none',
    facts: ledger.counts(),
    sqlite: ledger.sqlite,
  };
}

/** Before the first start, of the nearest folder that is there. */
function diskOf(state: string): DiskLevel {
  let folder = resolve(state);
  while (!existsSync(folder)) folder = dirname(folder);
  const neededBytes = SERVICE_HEADROOM_BYTES;
  const reserveIntact = folder !== resolve(state) || new Reserve(folder).intact;
  return { freeBytes: headroom(folder), neededBytes, reserveIntact };
}

function listOf(config: Config): ListLevel | 'none' | null {
  const { state, keys } = config;
  const id = listUsed(config);
  if (id === undefined) return 'none';
  if (isForbidden(state)) return null;
  const folder = join(state, 'lists');
  const active = existsSync(folder) ? lookAtShelf(folder, id) : null;
  // What a token has, it tells after a login alone.
  if (keys?.store === 'pkcs11') return { id, active, hasKey: null };
  const { labels } = lookAtKeyFiles(keyFolder(state));
  const hasKey = labels.includes(labelOf(id, 'row')) && labels.includes(labelOf(id, 'data'));
  return { id, active, hasKey };
}

function neighboursOf(config: Config, { neighbours }: JournalView): Levels['neighbours'] {
  if (config.neighbours === undefined) return 'none';
  if (isForbidden(config.state)) return null;
  const { heard = null, silentSince = null } = neighbours ?? {};
  return { heard, silentSince, held: lookAtHeld(config.state) };
}

/** A token is asked by the daemon alone: it may count logins, and a PIN may not be for this user to read. */
function keysOf({ state, keys }: Config, journal: JournalView): KeysLevel | null {
  if (isForbidden(state)) return null;
  if (keys?.store === 'pkcs11') return journal.keys;
  const { inClear, open } = lookAtKeyFiles(keyFolder(state));
  const lost = open === 0 ? null : 'others than their owner can reach them: they are not used';
  return { store: 'file', sealed: inClear === 0, lost };
}

async function trustOf(config: Config, pinned: LedgerView['pinned']): Promise<TrustLevel | null> {
  if (pinned === 'unread') return null;
  const none = { version: null, anchors: 0, revocationUntil: [], damaged: false };
  const trust = pinned === null ? null : await readTrust(config.state, pinned);
  if (trust === null) return none;
  if (trust === 'damaged') return { ...none, damaged: true };
  const { anchors, crls } = trust.store;
  trust.store.close();
  return { version: trust.version, anchors, revocationUntil: newestOf(crls), damaged: false };
}

/** A folder that is not there yet is not forbidden. */
function isForbidden(folder: string): boolean {
  try {
    accessSync(folder, constants.R_OK | constants.X_OK);
    return false;
  } catch (error) {
    return codeOf(error) === 'EACCES';
  }
}

/** Null when this user may not read it; the doctor says so, and looks at the rest. */
function readable<Value>(look: () => Value): Value | null {
  try {
    return look();
  } catch (error) {
    return orIfForbidden(null)(error);
  }
}

function orIfForbidden<Value>(otherwise: Value): (error: unknown) => Value {
  return (error) => {
    if (!FORBIDDEN.has(codeOf(error))) throw error;
    return otherwise;
  };
}

const FORBIDDEN: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'SQLITE_CANTOPEN']);
