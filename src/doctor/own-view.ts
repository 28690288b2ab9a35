/** How the terminal of this process is, asked of its own parts: for the staff's screen. */

import type { PagePrinter } from '../../devices/page/page-printer.ts';
import type { ReceiptPrinter } from '../../devices/receipt/receipt-printer.ts';
import type { CardSlot } from '../card-slot.ts';
import type { Config } from '../config.ts';
import type { Check } from '../domain/check.ts';
import type { PaperShown } from '../domain/screen.ts';
import { validityOf } from '../link/identity.ts';
import { heldRoot } from '../link/platform-root.ts';
import type { LinkSupervisor } from '../link-supervisor.ts';
import type { RemoteSlot } from '../remote-slot.ts';
import { heldRole } from '../role-config.ts';
import { listUsed } from '../service-config.ts';
import type { StateFolder } from '../state-folder.ts';
import { headroom, Reserve, SERVICE_HEADROOM_BYTES } from '../store/disk.ts';
import type { TurnstileSlot } from '../turnstile-slot.ts';
import type { Venue } from '../venue.ts';
import { alertsLevel } from './alerts-level.ts';
import {
  type Device,
  type KeysLevel,
  type Levels,
  levelsOf,
  newestOf,
  rootLevel,
} from './levels.ts';

export interface OwnParts {
  readonly config: Config;
  readonly folder: Pick<StateFolder, 'clock' | 'ledger' | 'shelf' | 'alerts'>;
  readonly reader: Pick<CardSlot, 'isOpen' | 'name'>;
  /** The one that is open now. */
  readonly printer: Pick<ReceiptPrinter, 'name' | 'condition'> | null;
  readonly page: Pick<PagePrinter, 'name' | 'condition'> | null;
  readonly turnstile: Pick<TurnstileSlot, 'isOpen' | 'condition'> | null;
  /** Whether the payment unit is open; false where none is configured. */
  readonly hasPayment: boolean;
  readonly remote: Pick<RemoteSlot, 'isOpen' | 'condition'> | null;
  readonly keys: KeysLevel;
  readonly link: Pick<LinkSupervisor, 'isUp' | 'trust' | 'listKeys' | 'institution'>;
  readonly venue: Pick<Venue, 'level'>;
  /** Those that wait for staff. */
  readonly papers: readonly Pick<PaperShown, 'state'>[];
}

/** Asks the printer, which takes as long as it needs for an answer, and at most a few seconds. */
export async function ownChecks(parts: OwnParts): Promise<Check[]> {
  return levelsOf(await ownLevels(parts));
}

export async function ownLevels(parts: OwnParts): Promise<Levels> {
  const { config, folder, reader, printer, page, hasPayment, keys, link, venue, papers } = parts;
  const { clock, ledger, shelf, alerts } = folder;
  const id = listUsed(config);
  const { receipt, payment } = config;
  const [oldest] = ledger.unsent(ledger.acknowledged, { items: 1, bytes: 0 });
  const since = oldest === undefined ? null : Date.parse(JSON.parse(oldest.text).at);
  const owed = papers.filter(({ state }) => state === 'owed').length;
  const root = heldRoot(ledger);
  const inForce = alerts?.now().filter(({ state }) => state === 'active').length ?? null;
  return {
    now: clock.now(),
    reader: { name: reader.name, lost: reader.isOpen ? null : 'it does not answer' },
    printer: receipt === undefined ? 'none' : await printerLevel(receipt.driver, printer),
    page: config.page === undefined ? 'none' : await printerLevel(config.page.driver, page),
    turnstile: slotLevel(config.turnstile?.driver, parts.turnstile),
    payment:
      payment === undefined
        ? 'none'
        : { name: payment.driver, lost: hasPayment ? null : 'it does not answer' },
    remote: slotLevel(config.remote?.driver, parts.remote),
    disk: {
      freeBytes: headroom(config.state),
      neededBytes: SERVICE_HEADROOM_BYTES,
      reserveIntact: new Reserve(config.state).intact,
    },
    clock: clock.quality(),
    list:
      id === undefined
        ? 'none'
        : { id, active: shelf.active(id), hasKey: link.listKeys(id) !== null },
    trust: {
      version: null,
      anchors: link.trust.anchors,
      revocationUntil: newestOf(link.trust.crls),
      damaged: false,
    },
    keys,
    certificate: validityOf(ledger) ?? 'none',
    root: rootLevel(root),
    hasInstitution: link.institution !== null,
    waiting: { facts: ledger.waiting(), since },
    papers: { owed, unknown: papers.length - owed },
    link: { up: link.isUp, contactAt: null, reason: null },
    neighbours: venue.level ?? 'none',
    alerts: alertsLevel(config.place, root, inForce),
    role: heldRole(ledger) ?? 'none',
  };
}

function slotLevel(
  driver: string | undefined,
  slot: { readonly isOpen: boolean; readonly condition: string } | null,
): (Device & { readonly condition: string }) | 'none' {
  if (driver === undefined || slot === null) return 'none';
  const lost = slot.isOpen ? null : 'it does not answer';
  return { name: driver, lost, condition: slot.condition };
}

async function printerLevel<Condition>(
  driver: string,
  printer: { readonly name: string; condition(): Promise<Condition> } | null,
): Promise<Device & { readonly condition: Condition | null }> {
  if (printer === null) return { name: driver, lost: 'it does not answer', condition: null };
  return { name: printer.name, lost: null, condition: await printer.condition() };
}
