/**
 * How a running daemon sees what no other process may touch while it runs, the reader's card, the printer's line, the
 * link: the last word of its kept journal on each.
 */

import type { PageCondition } from '../../devices/page/page-printer.ts';
import type { PrinterCondition } from '../../devices/receipt/receipt-printer.ts';
import type { ClockQuality } from '../domain/fact.ts';
import { readJournal } from '../journal-reader.ts';
import type { Device, KeysLevel, LinkLevel } from './levels.ts';
import type { NeighboursLevel } from './neighbours-level.ts';

/** A line of the kept journal, as it was read. */
export type KeptLine = Readonly<Record<string, unknown>> & {
  readonly at: string;
  readonly event: string;
};

export interface JournalView {
  readonly reader: Device | null;
  readonly printer: (Device & { readonly condition: PrinterCondition | null }) | null;
  readonly page: (Device & { readonly condition: PageCondition | null }) | null;
  readonly turnstile: (Device & { readonly condition: string | null }) | null;
  readonly payment: Device | null;
  readonly remote: (Device & { readonly condition: string | null }) | null;
  readonly link: LinkLevel | null;
  /** The quality that the last event about the clock named. */
  readonly clock: ClockQuality | null;
  readonly keys: KeysLevel | null;
  readonly hasInstitution: boolean | null;
  readonly neighbours: Pick<NeighboursLevel, 'heard' | 'silentSince'> | null;
}

type KnownDevice = 'reader' | 'printer' | 'turnstile' | 'page' | 'payment' | 'remote';

/** Devices as the journal calls them, and where the view has them. */
const DEVICES: Readonly<Record<string, KnownDevice>> = {
  reader: 'reader',
  receipt: 'printer',
  turnstile: 'turnstile',
  page: 'page',
  payment: 'payment',
  remote: 'remote',
};

/** The newest line of each event that is looked for; the kept journal has tens of megabytes, and a few lines count. */
const TELLING = /"event":"(?:device|link|clock|facts|keys|institution|neighbours?)\./u;

/** Every kept line that `matches`, oldest first. What a crash tore is left out. */
export async function* keptLines(
  stateDirectory: string,
  matches: (text: string) => boolean = () => true,
): AsyncGenerator<KeptLine> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const piece of readJournal(stateDirectory)) {
    const texts = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = texts.pop() ?? '';
    for (const text of texts) {
      const line = matches(text) ? parse(text) : null;
      if (line !== null) yield line;
    }
  }
}

export async function viewOfJournal(stateDirectory: string): Promise<JournalView> {
  const devices = {
    reader: null,
    printer: null,
    turnstile: null,
    page: null,
    payment: null,
    remote: null,
  };
  const others = { clock: null, keys: null, hasInstitution: null, neighbours: null };
  let view: JournalView = { ...devices, link: null, ...others };
  for await (const line of keptLines(stateDirectory, (text) => TELLING.test(text))) {
    view = { ...view, ...saidBy(line, view) };
  }
  return view;
}

function saidBy(line: KeptLine, view: JournalView): Partial<JournalView> {
  switch (line.event) {
    case 'device.ready':
      return ofDevice(line, { name: String(line['name']), lost: null }, view);
    case 'device.lost': {
      const device = String(line['device']);
      const known = view[DEVICES[device] ?? 'printer'];
      const name = known?.name ?? device;
      return ofDevice(line, { name, lost: String(line['reason']) }, view);
    }
    case 'device.condition': {
      return conditionSaidBy(line, view);
    }
    case 'link.up':
      return { link: { up: true, contactAt: Date.parse(line.at), reason: null } };
    case 'link.down':
      return { link: { ...lastContact(line, view), up: false, reason: String(line['reason']) } };
    case 'facts.acknowledged':
      return { link: { up: true, contactAt: Date.parse(line.at), reason: null } };
    case 'clock.corrected':
    case 'clock.jumped':
      return { clock: line['quality'] as ClockQuality };
    case 'keys.ready':
      return { keys: { ...ofKeys(line), lost: null } };
    case 'keys.unusable':
      // Of one list: the store itself is well.
      if (line['list'] !== undefined) return {};
      return { keys: { store: 'pkcs11', sealed: true, lost: String(line['reason']) } };
    case 'institution.activated':
      return { hasInstitution: line['hasKey'] === true };
    case 'neighbours.ready':
    case 'neighbour.up':
    case 'neighbour.down':
      return { neighbours: ofNeighbours(line, view) };
    default:
      return {};
  }
}

/** With the daemon's start, none was heard yet. */
function ofNeighbours(line: KeptLine, { neighbours }: JournalView): JournalView['neighbours'] {
  const at = Date.parse(line.at);
  if (line.event === 'neighbours.ready') return { heard: [], silentSince: at };
  const name = String(line['neighbour']);
  const others = (neighbours?.heard ?? []).filter((each) => each !== name);
  const heard = line.event === 'neighbour.up' ? [...others, name] : others;
  return { heard, silentSince: heard.length === 0 ? at : null };
}

function ofKeys(line: KeptLine): Pick<KeysLevel, 'store' | 'sealed'> {
  return { store: line['store'] === 'pkcs11' ? 'pkcs11' : 'file', sealed: line['sealed'] === true };
}

function conditionSaidBy(line: KeptLine, view: JournalView): Partial<JournalView> {
  const { device, condition } = line;
  if (device === 'receipt') {
    const { name, lost } = view.printer ?? { name: device, lost: null };
    return { printer: { name, lost, condition: condition as PrinterCondition } };
  }
  if (device === 'turnstile' || device === 'remote') {
    const { name, lost } = view[device] ?? { name: device, lost: null };
    return { [device]: { name, lost, condition: String(condition) } };
  }
  if (device !== 'page') return {};
  const { name, lost } = view.page ?? { name: device, lost: null };
  return { page: { name, lost, condition: condition as PageCondition } };
}

/** Printers tell their condition while they are being opened, before they are ready. */
function ofDevice(line: KeptLine, device: Device, view: JournalView): Partial<JournalView> {
  const isWell = device.lost === null;
  switch (line['device']) {
    case 'reader':
      return { reader: device };
    case 'payment':
      return { payment: device };
    case 'turnstile':
      return { turnstile: { ...device, condition: view.turnstile?.condition ?? null } };
    case 'remote':
      return { remote: { ...device, condition: view.remote?.condition ?? null } };
    case 'receipt':
      return {
        printer: { ...device, condition: isWell ? (view.printer?.condition ?? null) : null },
      };
    case 'page':
      return { page: { ...device, condition: isWell ? (view.page?.condition ?? null) : null } };
    default:
      return {};
  }
}

/** A link that was up was so until now; one that was down already is not heard of anew. */
function lastContact(line: KeptLine, { link }: JournalView): { contactAt: number | null } {
  return { contactAt: link?.up ? Date.parse(line.at) : (link?.contactAt ?? null) };
}

function parse(text: string): KeptLine | null {
  try {
    const line: unknown = JSON.parse(text);
    const isLine = typeof line === 'object' && line !== null && 'at' in line && 'event' in line;
    return isLine ? (line as KeptLine) : null;
  } catch {
    return null;
  }
}
