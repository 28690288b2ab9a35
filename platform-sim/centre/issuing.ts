/**
 * Issues a document: one transaction a request id. It is noted before anything is made, and the answer with the sealed
 * document is durable before it leaves; so the same question gets the same bytes, also from a centre that was started anew.
 */

import { createHash, randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type {
  ISSUE_QUESTION,
  IssueAnswer,
  IssueManifest,
} from '../../src/link/certificate-protocol.ts';
import { QuestionFaultError } from '../checked-question.ts';
import type { PlatformKeys } from '../signing.ts';
import type { CentreBooks } from './books.ts';
import type { CentreFaultName } from './faults.ts';
import type { Issue } from './issues.ts';
import type { IssuedDocument, IssueRequest, Municipalities } from './municipalities.ts';
import type { Holder } from './offers.ts';
import { sealDocument } from './sealed-document.ts';
import { UNFIT_DOCUMENTS, type UnfitDocument } from './unfit-documents.ts';

export type IssueQuestion = z.infer<typeof ISSUE_QUESTION>;

export interface Asked {
  /** UUID: the request id. */
  readonly id: string;
  readonly terminal: string;
  readonly holder: Holder;
  readonly question: IssueQuestion;
}

type Refusal = Extract<IssueAnswer, { result: 'refused' }>['reason'];
/** What becomes a manifest and a document. */
interface Made extends Pick<IssuedDocument, 'pdf' | 'holder' | 'record'> {
  readonly manifest: IssueManifest;
}

export interface IssuingParts {
  readonly books: CentreBooks;
  readonly municipalities: Municipalities;
  readonly keys: Pick<PlatformKeys, 'signIssue'>;
  /** Why this order can't be had, or null: the same as was offered, for the same money. */
  readonly refusalOf: (asked: Asked, now: number) => Promise<Refusal | null>;
  readonly now: () => number;
}

const SERVICE = 'certificate-issue';
const OTHER_FEE = 100;
/** What a manifest can say at all. */
const PAGES_SAID_MAX = 40;

export class Issuing {
  readonly #parts: IssuingParts;
  /** Those that are being worked at, by request. */
  readonly #open = new Map<string, { question: string; answer: Promise<IssueAnswer> }>();

  constructor(parts: IssuingParts) {
    this.#parts = parts;
  }

  /** Rejects with QuestionFaultError when the request id was used for anything else, or has ended. */
  async issue(asked: Asked): Promise<IssueAnswer> {
    const question = digestOf(asked);
    const working = this.#open.get(asked.id);
    if (working !== undefined) return working.question === question ? working.answer : reused();
    const answer = this.#work(asked, question);
    this.#open.set(asked.id, { question, answer });
    try {
      return await answer;
    } finally {
      this.#open.delete(asked.id);
    }
  }

  async #work(asked: Asked, question: string): Promise<IssueAnswer> {
    const { books, refusalOf, now } = this.#parts;
    const begun = books.issues.begin(newIssue(asked, question, now()));
    if (begun.question !== question) return reused();
    if (begun.answer !== null) return JSON.parse(begun.answer) as IssueAnswer;
    if (begun.state !== 'open') return reused();
    const refusal = await refusalOf(asked, now());
    if (refusal !== null) return this.#refuse(begun, refusal);
    const made = await this.#make(asked, requestOf(asked, now()));
    return 'refused' in made ? this.#refuse(begun, made.refused) : this.#issue(begun, made);
  }

  #refuse(issue: Issue, reason: Refusal): IssueAnswer {
    const answer: IssueAnswer = { result: 'refused', reason };
    this.#answer(issue, answer, null, null);
    return answer;
  }

  async #issue(issue: Issue, { pdf, manifest, holder, record }: Made): Promise<IssueAnswer> {
    const { keys } = this.#parts;
    const said = Buffer.from(JSON.stringify(manifest), 'utf8');
    const signed = await keys.signIssue(manifest.municipality, said);
    const sealed = sealDocument(pdf);
    const answer: IssueAnswer = {
      result: 'issued',
      manifest: signed.toString('base64'),
      object: sealed.sha256,
      key: sealed.key.toString('base64'),
      holder,
    };
    this.#answer(issue, answer, sealed, record);
    return answer;
  }

  #answer(
    { request, terminal, certificate }: Issue,
    answer: IssueAnswer,
    document: Parameters<CentreBooks['issues']['answer']>[2],
    record: string | null,
  ): void {
    const { books, now } = this.#parts;
    const result = answer.result === 'issued' ? 'issued' : answer.reason;
    books.issues.answer(request, JSON.stringify(answer), document, () => {
      books.audit.note({
        ...{ at: now(), terminal, service: SERVICE, certificate, request, record, result },
      });
    });
  }

  /** As it should be, unless a scenario wants something else. */
  async #make(asked: Asked, request: IssueRequest): Promise<Made | { refused: Refusal }> {
    const { faults } = this.#parts.books;
    const struck = faults.on().filter((name) => BENT.has(name) && faults.strikes(name));
    const [fault] = struck;
    if (fault === 'mixes-requests') return this.#made(asked, await this.#another(request));
    if (fault === 'replays-issue') return this.#replayed(asked, request);
    const right = await this.#made(asked, request);
    if (fault === undefined || 'refused' in right) return right;
    if (fault === 'swaps-document' || fault === 'other-manifest') {
      const wrong = await this.#made(asked, await this.#another(request));
      if ('refused' in wrong) return wrong;
      return fault === 'swaps-document'
        ? { ...right, pdf: wrong.pdf }
        : { ...right, manifest: wrong.manifest };
    }
    if (fault === 'other-fee' || fault === 'no-fee') {
      const fee = fault === 'no-fee' ? 0 : right.manifest.fee + OTHER_FEE;
      return { ...right, manifest: { ...right.manifest, fee } };
    }
    return unfit(right, fault as UnfitDocument);
  }

  async #made(
    { question }: Pick<Asked, 'question'>,
    request: IssueRequest,
  ): Promise<Made | { refused: Refusal }> {
    const issued = await this.#parts.municipalities.issue(request);
    if ('refused' in issued) return issued;
    const { pdf, holder, record, pages, subject } = issued;
    const manifest: IssueManifest = {
      kind: 'issue-manifest',
      request: request.request,
      terminal: request.terminal,
      municipality: request.municipality,
      subject,
      document: request.document,
      option: request.option,
      copies: request.copies,
      pages,
      fee: question.fee,
      sha256: sha256(pdf),
      issuedAt: new Date(request.at).toISOString(),
    };
    return { pdf, manifest, holder, record };
  }

  /** The same for another holder. */
  async #another(request: IssueRequest): Promise<IssueRequest> {
    const { certificate } = request;
    const other = await this.#parts.municipalities.otherHolder(request, certificate);
    if (other === null) throw new Error('nobody else has such a document');
    return { ...request, certificate: other };
  }

  /** What another holder got before, made again under their own request id; the bytes themselves are gone with its end. */
  async #replayed(asked: Asked, request: IssueRequest): Promise<Made | { refused: Refusal }> {
    const earlier = this.#parts.books.issues.earlierOfOther(request.certificate);
    if (earlier === null) {
      return this.#made(asked, { ...(await this.#another(request)), request: randomUUID() });
    }
    const { asked: at, terminal: _, ...same } = earlier;
    return this.#made(asked, { ...request, ...pick(same), at });
  }
}

const BENT: ReadonlySet<CentreFaultName> = new Set([
  'mixes-requests',
  'swaps-document',
  'other-manifest',
  'replays-issue',
  'other-fee',
  'no-fee',
  'no-pdf',
  'too-many-pages',
  'with-javascript',
  'too-large',
]);

function unfit(right: Made, fault: UnfitDocument): Made {
  const pdf = UNFIT_DOCUMENTS[fault]();
  const pages = fault === 'too-many-pages' ? PAGES_SAID_MAX : right.manifest.pages;
  return { ...right, pdf, manifest: { ...right.manifest, pages, sha256: sha256(pdf) } };
}

function pick({
  request,
  certificate,
  municipality,
  document,
  option,
  copies,
}: Omit<Issue, 'asked' | 'terminal'>) {
  return { request, certificate, municipality, document, option, copies };
}

function requestOf({ id, terminal, holder, question }: Asked, at: number): IssueRequest {
  const { municipality, document, option, copies } = question;
  const { certificate } = holder;
  return { request: id, terminal, municipality, document, option, copies, certificate, at };
}

function newIssue({ id, terminal, holder, question }: Asked, digest: string, asked: number) {
  const { fee: _, ...order } = question;
  return {
    ...{ request: id, terminal, certificate: holder.certificate },
    ...{ question: digest, ...order, asked },
  };
}

/** Another body, another terminal or another card is another question. */
function digestOf({ id, terminal, holder, question }: Asked): string {
  const { document, municipality, option, copies, fee } = question;
  const asked = [id, terminal, holder.certificate, document, municipality, option, copies, fee];
  return sha256(Buffer.from(JSON.stringify(asked), 'utf8'));
}

function reused(): never {
  throw new QuestionFaultError('id-reused', 'this request id was used before');
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
