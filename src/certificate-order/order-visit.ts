/**
 * One visit: the effects of state-machines/certificate-order.ts, and all that they know of it. From the PIN on everything
 * belongs to the session (session.ts); at the end nothing of it is left in memory, and nothing of it was ever on a disk.
 */

import { createHash, type KeyObject, randomUUID, type UUID } from 'node:crypto';
import type { OrderResult } from '../../state-machines/certificate-order-setup.ts';
import { askCentre } from '../centre.ts';
import type { StepResult } from '../domain/answer.ts';
import type { Difference } from '../domain/difference.ts';
import type { Order } from '../domain/municipal-certificate.ts';
import { present } from '../domain/present.ts';
import type { Reason } from '../domain/reason.ts';
import type { SensedTap } from '../domain/tap.ts';
import {
  CERTIFICATE_SERVICES,
  ISSUE_ANSWER,
  type IssueAnswer,
  type IssueManifest,
} from '../link/certificate-protocol.ts';
import { ObjectError } from '../link/object-source.ts';
import type { PinVault } from '../pin-vault.ts';
import { openIssueManifest } from '../pki/issue-manifest.ts';
import { SignedObjectError } from '../pki/signed-object.ts';
import type { TerminalParts } from '../services/service.ts';
import { DiskFullError } from '../store/ledger.ts';
import { fetchDocument, SealError } from './document-fetch.ts';
import { differences } from './issue-check.ts';
import { type CertificatesOf, OrderCard } from './order-card.ts';
import type { OrderRecords } from './order-records.ts';
import { verifiedCode } from './paper-codes.ts';
import type { Inspects } from './pdf-inspection.ts';
import { OrderSession } from './session.ts';
import type { CheckedSheet } from './sheets.ts';
import { stopKiosk } from './stop.ts';

type Issued = Extract<IssueAnswer, { result: 'issued' }>;

export interface OrderVisitParts {
  readonly terminal: TerminalParts;
  readonly records: OrderRecords;
  readonly inspector: Inspects;
  readonly vault: PinVault;
  readonly certificatesOf: CertificatesOf;
}

/** What was issued, once it was found to be what was asked for. */
export interface CheckedDocument {
  readonly manifest: IssueManifest;
  readonly sheets: readonly CheckedSheet[];
  /** Masked. */
  readonly holder: string;
}

interface Asked {
  readonly id: UUID;
  readonly order: Order;
  readonly body: string;
}

const GO_ON: OrderResult = { next: 'go-on' };

export class OrderVisit {
  readonly #parts: OrderVisitParts;
  readonly #card: OrderCard;
  #asked: Asked | null = null;
  #session: OrderSession | null = null;
  #issued: Issued | null = null;
  #document: CheckedDocument | null = null;
  /** What may still be shown when the session is wiped: it says nothing of anybody. */
  request: string | null = null;
  sheets: number | null = null;

  constructor(parts: OrderVisitParts) {
    this.#parts = parts;
    this.#card = new OrderCard(parts.terminal, parts.vault);
  }

  /** Null before the PIN, and after the end. */
  get session(): OrderSession | null {
    return this.#session;
  }

  /** Null until it has been checked. */
  get document(): CheckedDocument | null {
    return this.#document;
  }

  readCard(seen: SensedTap): Promise<OrderResult> {
    this.wipe();
    // While the person chooses, what looks at documents gets ready.
    this.#parts.inspector.warm();
    return this.#card.read(seen);
  }

  offers(signal: AbortSignal): Promise<OrderResult> {
    return this.#card.offers(this.#parts.certificatesOf, signal);
  }

  /** What the PIN is typed for, from now on: the question whose lines the card signs. */
  fix(order: Order): void {
    const { document, municipality, option, copies, fee } = order;
    const body = JSON.stringify({ document, municipality: municipality.code, option, copies, fee });
    this.#asked = { id: randomUUID(), order, body };
  }

  countTries(seen: SensedTap): Promise<StepResult> {
    return this.#card.countTries(seen);
  }

  async prove(seen: SensedTap): Promise<StepResult> {
    const { id, order, body } = present(this.#asked, 'order');
    const proved = await this.#card.prove(seen, { id, service: CERTIFICATE_SERVICES.issue, body });
    if (proved.next === 'go-on') {
      const { certificate } = this.#card.evidence;
      this.#session = new OrderSession(certificate, this.#parts.terminal.terminal, order, id);
      this.request = id;
    }
    return proved;
  }

  async issue(signal: AbortSignal): Promise<OrderResult> {
    const { terminal, records } = this.#parts;
    const session = present(this.#session, 'session');
    const { id, body } = present(this.#asked, 'order');
    try {
      records.begin(session);
    } catch (error) {
      return notRecorded(error);
    }
    const card = this.#card.evidence;
    const service = CERTIFICATE_SERVICES.issue;
    const asked = await askCentre(
      terminal,
      { id, service, body, answer: ISSUE_ANSWER, card },
      signal,
    );
    // The card's own part is over; only its hash in the session goes on.
    this.#card.forget();
    if (asked.answer === null) return refuse(asked.reason);
    if (asked.answer.result === 'refused') return refuse(asked.answer.reason);
    if (this.#session !== session) return refuse('centre-silent');
    this.#issued = asked.answer;
    return GO_ON;
  }

  /** Everything that came, against the session. Whatever differs stops the kiosk, durably. */
  async check(signal: AbortSignal): Promise<OrderResult> {
    const session = present(this.#session, 'session');
    const issued = present(this.#issued, 'issue');
    const { records } = this.#parts;
    try {
      const opened = await this.#open(issued);
      const pdf = await fetchDocument(this.#parts.terminal.fetchObject, issued, signal);
      const checked = await this.#hold(session, opened, pdf, issued.holder, signal);
      if ('next' in checked) return checked;
      if (this.#session !== session) return refuse('centre-silent');
      records.issued(session.request, session.order, checked.sheets.length);
      this.#document = checked;
      this.sheets = checked.sheets.length;
      return GO_ON;
    } catch (error) {
      if (error instanceof SignedObjectError) return this.differs(session, ['manifest']);
      if (error instanceof SealError) return this.differs(session, ['seal']);
      if (error instanceof ObjectError) return this.#notFetched(session, error);
      if (signal.aborted) return refuse('centre-silent');
      return notRecorded(error);
    }
  }

  /** Stops the kiosk: what came, or lies ready to be printed, is not what was asked for. */
  differs(session: OrderSession, fields: readonly Difference[]): OrderResult {
    stopKiosk(this.#parts.terminal.recorder, session.request, fields);
    return refuse('document-differs');
  }

  wipe(): void {
    this.#card.forget();
    for (const { pdf } of this.#document?.sheets ?? []) pdf.fill(0);
    this.#session?.wipe();
    this.#session = null;
    this.#asked = null;
    this.#issued = null;
    this.#document = null;
  }

  async #open(issued: Issued): Promise<{ manifest: IssueManifest; key: KeyObject }> {
    const { signers, now } = this.#parts.terminal;
    const cms = Buffer.from(issued.manifest, 'base64');
    return openIssueManifest(cms, present(signers(), 'the platform'), now());
  }

  async #hold(
    session: OrderSession,
    { manifest, key }: { readonly manifest: IssueManifest; readonly key: KeyObject },
    pdf: Buffer,
    holder: string,
    signal: AbortSignal,
  ): Promise<CheckedDocument | OrderResult> {
    const sha256 = sha256Of(pdf);
    const inspected = await this.#parts.inspector.inspect(pdf, signal);
    pdf.fill(0);
    if (!inspected.usable) {
      // Bytes that are of somebody else's document are worse than a document that can't be used.
      if (manifest.sha256 !== sha256) return this.differs(session, ['sha256']);
      const { request } = session;
      this.#parts.terminal.recorder.note('document.unusable', { request, reason: inspected.why });
      return refuse('document-unusable');
    }
    const codes = inspected.sheets.map((sheet) => verifiedCode(sheet.codes, key));
    const differing = differences(session, manifest, { sha256, codes });
    if (differing.length > 0) return this.differs(session, differing);
    const sheets = inspected.sheets.map((sheet) => ({
      pdf: sheet.pdf,
      sha256: sha256Of(sheet.pdf),
    }));
    return { manifest, sheets, holder };
  }

  /** An object that is not what its name says was swapped on its way. */
  #notFetched(session: OrderSession, { fault }: ObjectError): OrderResult {
    if (fault === 'chunk-hash') return this.differs(session, ['seal']);
    return refuse(fault === 'too-large' ? 'document-unusable' : 'centre-silent');
  }
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function refuse(reason: Reason): Extract<OrderResult, { next: 'refuse' }> {
  return { next: 'refuse', reason };
}

function notRecorded(error: unknown): OrderResult {
  if (error instanceof DiskFullError) return refuse('disk-full');
  throw error;
}
