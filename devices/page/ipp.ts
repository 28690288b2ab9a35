/**
 * IPP's words and ours (RFC 8011, PWG 5100.14 "IPP Everywhere"): operations, what a printer tells of itself and of a
 * job, and what follows from it for a sheet. Pure functions.
 */

import type { IppAttributes, IppValue } from './ipp-message.ts';
import {
  type PageCapabilities,
  type PageCondition,
  PagePrinterUnavailableError,
  type PageTrouble,
  type SheetName,
  type SheetOutcome,
} from './page-printer.ts';

/** RFC 8011 5.4.15. Every IPP Everywhere printer has them. */
export const OPERATION = {
  createJob: 0x0005,
  sendDocument: 0x0006,
  cancelJob: 0x0008,
  getJobAttributes: 0x0009,
  getJobs: 0x000a,
  getPrinterAttributes: 0x000b,
} as const;

/** Restart-Job, Reprocess-Job (RFC 8011) and Resubmit-Job (PWG 5100.11): a document that is still there is printed anew. */
const PRINTS_AGAIN: readonly number[] = [0x000e, 0x002c, 0x003a];

/** RFC 8011 appendix B.1. */
export const STATUS = {
  ok: 0x0000,
  okMax: 0x00ff,
  notPossible: 0x0404,
  notFound: 0x0406,
  gone: 0x0407,
  notAcceptingJobs: 0x0506,
  busy: 0x0507,
} as const;

/** RFC 8011 5.3.7. From `cancelled` on nothing changes any more. */
export const JOB_STATE = {
  pending: 3,
  held: 4,
  processing: 5,
  stopped: 6,
  cancelled: 7,
  aborted: 8,
  completed: 9,
} as const;

/** RFC 8011 5.4.11. */
export const PRINTER_STATE = { idle: 3, processing: 4, stopped: 5 } as const;

export const PDF = 'application/pdf';
export const A4 = 'iso_a4_210x297mm';
export const ONE_SIDED = 'one-sided';

/** The most that any list of one printer may have here. */
const WORDS_MAX = 512;
const SHEETS_MAX = 99;
const ISSUANCE_ID = /^[0-9a-f]{32}$/u;
const PRINTER_UUID = /^urn:uuid:[0-9a-f-]{36}$/iu;
const PRINTER_NAME_MAX = 127;

export interface PrinterView {
  readonly uuid: string | null;
  readonly name: string;
  readonly condition: PageCondition;
  /** Condition but for `busy`: what a person has to cure, also while it works on a job of ours. */
  readonly trouble: Exclude<PageCondition, 'ready' | 'busy'> | null;
}

export interface JobView {
  readonly id: number;
  readonly name: string;
  readonly state: number;
  /** Null: the printer does not count. */
  readonly impressions: number | null;
}

/** Throws RangeError for what names no sheet. */
export function jobNameOf({ id, sheet, of }: SheetName): string {
  const counts = Number.isInteger(sheet) && Number.isInteger(of);
  if (!counts || sheet < 1 || sheet > of || of > SHEETS_MAX) {
    throw new RangeError(`a sheet is one of 1 to ${SHEETS_MAX}`);
  }
  return `${jobPrefixOf(id)}${sheet}of${of}`;
}

/** What the names of all jobs of an issuance begin with. */
export function jobPrefixOf(id: string): string {
  if (!ISSUANCE_ID.test(id)) throw new RangeError('an issuance id has 32 lower-case hex digits');
  return `kazasu-${id}-`;
}

/** Keywords of `printer-state-reasons`, without their severity. */
const REASONS: readonly (readonly [Exclude<PageCondition, 'ready' | 'busy'>, readonly string[]])[] =
  [
    ['jam', ['media-jam']],
    ['cover-open', ['cover-open', 'door-open', 'interlock-open']],
    ['paper-out', ['media-empty', 'media-needed', 'input-tray-missing']],
    ['toner-out', ['toner-empty', 'marker-supply-empty', 'marker-waste-full', 'developer-empty']],
    ['offline', ['shutdown', 'timed-out', 'offline']],
    [
      'stopped',
      [
        'paused',
        'moving-to-paused',
        'stopping',
        'stopped-partly',
        'output-area-full',
        'output-tray-missing',
        'fuser-over-temp',
        'spool-area-full',
      ],
    ],
  ];

/**
 * A reason counts whatever its severity says: a kiosk's printer has one tray, and printers call an empty one a mere
 * "report" while they are idle (`ippeveprinter` does). Reasons that only foretell (`media-low`, `toner-low`) are none.
 */
export function viewOfPrinter(attributes: IppAttributes): PrinterView {
  const reasons = new Set(
    words(attributes, 'printer-state-reasons').map((reason) =>
      reason.replace(/-(report|warning|error)$/u, ''),
    ),
  );
  const state = integer(attributes, 'printer-state');
  const accepts = attributes.get('printer-is-accepting-jobs')?.[0] !== false;
  const ready = words(attributes, 'media-ready');
  // Another paper than A4 in the tray is none: the printer would wait for it, or cut the certificate off.
  if (ready.length > 0 && !ready.includes(A4)) reasons.add('media-needed');
  const named = REASONS.find(([, keywords]) => keywords.some((each) => reasons.has(each)));
  const isStopped = state === PRINTER_STATE.stopped || !accepts;
  const trouble = named?.[0] ?? (isStopped ? 'stopped' : null);
  const isBusy =
    state === PRINTER_STATE.processing || (integer(attributes, 'queued-job-count') ?? 0) > 0;
  return {
    uuid: uuidOf(attributes),
    name: text(attributes, 'printer-make-and-model') || text(attributes, 'printer-name') || 'IPP',
    condition: trouble ?? (isBusy ? 'busy' : 'ready'),
    trouble,
  };
}

function uuidOf(attributes: IppAttributes): string | null {
  const uuid = text(attributes, 'printer-uuid').toLowerCase();
  return PRINTER_UUID.test(uuid) ? uuid : null;
}

/** Throws `PagePrinterUnavailableError`, in words, for a printer that can't print a certificate once. */
export function capabilitiesOf(attributes: IppAttributes): PageCapabilities {
  const formats = words(attributes, 'document-format-supported');
  const media = words(attributes, 'media-supported');
  const operations = (attributes.get('operations-supported') ?? []).slice(0, WORDS_MAX);
  const missing = [
    ...(formats.includes(PDF) ? [] : [`takes no ${PDF}`]),
    ...(media.includes(A4) ? [] : ['has no A4']),
    ...(uuidOf(attributes) === null ? ['has no printer-uuid'] : []),
    ...(Object.values(OPERATION).every((each) => operations.includes(each))
      ? []
      : ['has not the operations of an IPP Everywhere printer']),
  ];
  if (missing.length > 0) throw new PagePrinterUnavailableError(`it ${missing.join(', and ')}`);
  return {
    formats,
    media,
    sides: words(attributes, 'sides-supported'),
    colour: attributes.get('color-supported')?.[0] === true,
    keepsDocuments: PRINTS_AGAIN.some((each) => operations.includes(each)),
  };
}

/** Null for what is no job: without a number, a name or a state. */
export function viewOfJob(attributes: IppAttributes): JobView | null {
  const id = integer(attributes, 'job-id');
  const state = integer(attributes, 'job-state');
  const name = attributes.get('job-name')?.[0];
  if (id === null || state === null || typeof name !== 'string') return null;
  const impressions = integer(attributes, 'job-impressions-completed');
  return { id, name, state, impressions };
}

export function hasEnded({ state }: JobView): boolean {
  return state >= JOB_STATE.cancelled;
}

/**
 * What became of the sheet of a job. `acknowledged`: the printer said that it had the whole document; a printer whose
 * connection broke in the middle prints what it has and calls the job completed (`ippeveprinter` does). `trouble`: why
 * the job was given up, if it was.
 */
export function outcomeOfJob(
  job: JobView,
  acknowledged: boolean,
  trouble: PageTrouble | null,
): SheetOutcome {
  if (!hasEnded(job)) return { outcome: 'unknown', reason: trouble ?? 'late' };
  if (job.state === JOB_STATE.completed) {
    if (job.impressions !== 1) return { outcome: 'unknown', reason: 'miscounted' };
    return acknowledged ? { outcome: 'printed' } : { outcome: 'unknown', reason: 'unacknowledged' };
  }
  const reason = trouble ?? (job.state === JOB_STATE.cancelled ? 'cancelled' : 'aborted');
  if (job.impressions === null) return { outcome: 'unknown', reason };
  return { outcome: job.impressions === 0 ? 'not-printed' : 'partly', reason };
}

/** As a device's name is told in the journal: printable, and not longer than IPP allows (RFC 8011 5.4.9). */
export function printableName(name: string): string {
  return name.replace(/\p{C}/gu, ' ').trim().slice(0, PRINTER_NAME_MAX) || 'IPP';
}

function words(attributes: IppAttributes, name: string): string[] {
  const values = (attributes.get(name) ?? []).slice(0, WORDS_MAX);
  return values.filter((value) => typeof value === 'string');
}

function text(attributes: IppAttributes, name: string): string {
  const value: IppValue | undefined = attributes.get(name)?.[0];
  return typeof value === 'string' ? value : '';
}

function integer(attributes: IppAttributes, name: string): number | null {
  const value = attributes.get(name)?.[0];
  return typeof value === 'number' ? value : null;
}
