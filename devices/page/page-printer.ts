/**
 * The page printer as the rest of the daemon sees it: one sheet of a certificate is one job of the printer, so that
 * nothing of the next sheet is in the printer before this one is out. "Printed" means that the printer itself said so.
 *
 * A driver never heals itself: when the printer is gone it says so once with `onLost`; `state-machines/device.ts`
 * closes it and opens a new one.
 */

/** `busy`: it has a job of somebody else, or one of an earlier run. `offline`: nothing answers, or it says so itself. */
export type PageCondition =
  | 'ready'
  | 'paper-out'
  | 'jam'
  | 'cover-open'
  | 'toner-out'
  | 'offline'
  | 'stopped'
  | 'busy';

/** Why a sheet did not come out, or can't be said to have. */
export type PageTrouble =
  | Exclude<PageCondition, 'ready'>
  /** The printer would not take the job or its document. */
  | 'refused'
  /** The printer gave the job up and named no cause. */
  | 'aborted'
  /** By whoever asked for it, or at the printer's own panel. */
  | 'cancelled'
  /** It was neither done nor in trouble in the time that a sheet may take. */
  | 'late'
  /** Done, says the printer, and did not count exactly one impression. */
  | 'miscounted'
  /** Done, but the printer never said that it had the whole document: printers print what they have of one. */
  | 'unacknowledged'
  /** The printer no longer knows the job: it was switched off, or what answers is another one. */
  | 'forgotten'
  | 'another-printer';

export type SheetOutcome =
  /** The printer took the whole document, ended the job well and counted one impression. */
  | { readonly outcome: 'printed' }
  /** Known: nothing came out, and nothing will. The same sheet can be asked for again. */
  | { readonly outcome: 'not-printed'; readonly reason: PageTrouble }
  /** An impression was counted and the job did not end well: a sheet, or part of one, is somewhere. */
  | { readonly outcome: 'partly'; readonly reason: PageTrouble }
  | { readonly outcome: 'unknown'; readonly reason: PageTrouble };

/** What the printer knows about a sheet of an earlier run. */
export type EarlierOutcome =
  | SheetOutcome
  /** It knows no such job: never sent, or sent and forgotten since. Printers keep few ended jobs, and not for long. */
  | { readonly outcome: 'never-seen' };

/** Names a sheet, in the printer too: the job is called `kazasu-<id>-<sheet>of<of>`. */
export interface SheetName {
  /** The issuance id: 32 lower-case hex digits, random and used once. */
  readonly id: string;
  /** From 1. */
  readonly sheet: number;
  readonly of: number;
}

export interface Sheet extends SheetName {
  /** A document of one page, A4; printed on one side. */
  readonly pdf: Uint8Array;
}

export interface PageCapabilities {
  /** MIME types, `application/pdf` among them. */
  readonly formats: readonly string[];
  /** As PWG 5101.1 names them, `iso_a4_210x297mm` among them. */
  readonly media: readonly string[];
  readonly sides: readonly string[];
  readonly colour: boolean;
  /** It can print an ended job once more by itself, so it keeps documents: unfit for certificates unless switched off. */
  readonly keepsDocuments: boolean;
}

export interface PagePrinterListener {
  /** Called on every change, and once after opening. */
  onCondition(condition: PageCondition): void;
  /** The device can't be used any more. Called at most once. */
  onLost(reason: string): void;
}

export interface PagePrinter {
  readonly name: string;
  /** The printer's own, `urn:uuid:...`: worth keeping with what was sent to it, for another one knows nothing of that. */
  readonly uuid: string;
  readonly modelled: boolean;
  readonly capabilities: PageCapabilities;
  /** Asks the printer now. */
  condition(): Promise<PageCondition>;
  /**
   * One sheet at a time; a second call waits for the first. The printer is asked for a job of this name first: when
   * anything may have come of one, that is the outcome and nothing is sent. `onAccepted`: the printer has the whole
   * document. `signal` cancels the job. Never rejects for anything that a printer can do; throws RangeError for a sheet
   * that can't be named or is larger than `PDF_BYTES_MAX`.
   */
  print(sheet: Sheet, onAccepted: () => void, signal: AbortSignal): Promise<SheetOutcome>;
  /**
   * What became of a sheet of an earlier run. `acknowledged`: `onAccepted` was called for it then; without that, a job
   * that ended well is `unknown`, for the document may have been cut short. Prints nothing and cancels nothing; waits a
   * moment for a job that is under way.
   */
  outcomeOf(sheet: SheetName, acknowledged: boolean): Promise<EarlierOutcome>;
  /** Cancels every job of this issuance. True: the printer confirms that none of them can print any more. */
  purge(id: string): Promise<boolean>;
  close(): Promise<void>;
}

export type OpenPagePrinter = (listener: PagePrinterListener) => Promise<PagePrinter>;

export const PDF_BYTES_MAX = 20 * 1_048_576;

/** No printer is there, or not one that can print certificates; the message is for people. */
export class PagePrinterUnavailableError extends Error {}
