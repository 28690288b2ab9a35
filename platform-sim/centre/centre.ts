/**
 * The certificate centre (証明書交付センター): it knows which certificates stand, which municipality has what for whom and
 * when, and sees to it that each request is issued once and ended once. It never sees a register: municipalities do.
 */

import { createHash } from 'node:crypto';
import type {
  ApplyAnswer,
  CentreRefusal,
  IssueAnswer,
  MunicipalitiesAnswer,
  OffersAnswer,
  StatusAnswer,
  Topology,
} from '../../src/link/certificate-protocol.ts';
import { OWN_TOPOLOGY } from '../../src/link/certificate-protocol.ts';
import { type CheckedQuestion, type Delivery, QuestionFaultError } from '../checked-question.ts';
import type { FactFeed } from '../fact-log.ts';
import type { Register } from '../register.ts';
import type { PlatformKeys } from '../signing.ts';
import { Applying, type JudgeApplication } from './applying.ts';
import type { CentreBooks } from './books.ts';
import { Endings } from './endings.ts';
import { type Asked, type IssueQuestion, Issuing } from './issuing.ts';
import type { Municipalities, Office } from './municipalities.ts';
import { type Holder, offersFor } from './offers.ts';
import { type Schedule, type Service, serviceAt } from './service-hours.ts';
import { isSameTopology } from './topologies.ts';

const ONCE: Delivery = { times: 1, lateMs: 0 };
/** A terminal waits for 30 seconds. */
const LATE_MS = 35_000;
/** How often it is looked for transactions that nobody ended. */
const SWEEP_MS = 60_000;

export interface CentreParts {
  readonly books: CentreBooks;
  readonly municipalities: Municipalities;
  readonly register: Register;
  readonly facts: FactFeed;
  readonly keys: Pick<PlatformKeys, 'signIssue'>;
  readonly judge: JudgeApplication;
  readonly log: (event: string, fields: Readonly<Record<string, unknown>>) => void;
  readonly now: () => number;
  /** How long after an application a clerk accepts it who finds the record that it means; null: by hand alone. */
  readonly clerkAfterMs: number | null;
  /** How late an answer is that is late; default: later than any terminal waits. */
  readonly lateMs?: number;
}

export class Centre {
  readonly #parts: CentreParts;
  readonly #issuing: Issuing;
  readonly #applying: Applying;
  readonly #endings: Endings;
  #swept = 0;

  constructor(parts: CentreParts) {
    const { books, municipalities, keys, now, facts } = parts;
    this.#parts = parts;
    this.#applying = new Applying(parts);
    this.#endings = new Endings(books.db, books.issues, books.audit, facts);
    const refusalOf = (asked: Asked, at: number) => this.#refusalOf(asked, at);
    this.#issuing = new Issuing({ books, municipalities, keys, refusalOf, now });
  }

  /** Asked at every connect: from then on the terminal is served, or not, by what it says of itself. */
  municipalities(terminal: string, topology: Topology): MunicipalitiesAnswer {
    const { books, municipalities, now, log } = this.#parts;
    const own = this.#topology();
    books.topologies.note(terminal, topology);
    if (!isSameTopology(topology, own)) {
      log('centre.topology-differs', { terminal, theirs: topology, ours: own });
      this.#audit({ id: null, terminal, certificate: null }, 'topology', 'topology-differs');
    }
    const at = now();
    return { topology: own, municipalities: municipalities.offices.map((each) => shown(each, at)) };
  }

  async offers({ id, terminal, card }: CheckedQuestion): Promise<OffersAnswer> {
    const { books, municipalities, register, now } = this.#parts;
    const holder = holderOf(card);
    const parts = { municipalities, register, applications: books.applications };
    const offers = await offersFor(parts, holder, this.#isStopped(terminal), now());
    const open = offers.filter(({ service }) => service.open).length;
    const who = { id, terminal, certificate: holder.certificate };
    this.#audit(who, 'certificate-offers', `${open} of ${offers.length}`);
    return { offers };
  }

  /** Rejects with QuestionFaultError. */
  issue({ id, terminal, card }: CheckedQuestion, question: IssueQuestion): Promise<IssueAnswer> {
    return this.#issuing.issue({ id, terminal, holder: holderOf(card), question });
  }

  /** Throws QuestionFaultError. `application`: DER. */
  apply({ id, terminal, card }: CheckedQuestion, application: Buffer): ApplyAnswer {
    return this.#applying.apply({ id, terminal, holder: holderOf(card), application });
  }

  status({ card }: CheckedQuestion): StatusAnswer {
    return this.#applying.status(holderOf(card).certificate);
  }

  /** A sealed document by its SHA-256 (hex); undefined once its request has ended. */
  document(sha256: string): Buffer | undefined {
    return this.#parts.books.issues.document(sha256);
  }

  /** How the next answer to a request arrives. */
  delivery(): Delivery {
    const { faults } = this.#parts.books;
    if (faults.strikes('never-answers')) return { times: 0, lateMs: 0 };
    if (faults.strikes('answers-late')) {
      return { times: 1, lateMs: this.#parts.lateMs ?? LATE_MS };
    }
    return faults.strikes('answers-twice') ? { times: 2, lateMs: 0 } : ONCE;
  }

  close(): Promise<void> {
    return this.#parts.municipalities.close();
  }

  /** What comes by itself: facts that end transactions, clerks that decide. */
  async tick(): Promise<void> {
    const { now, clerkAfterMs } = this.#parts;
    const at = now();
    await this.#endings.heed(at);
    if (clerkAfterMs !== null) this.#applying.clerk(at - clerkAfterMs);
    if (at - this.#swept < SWEEP_MS) return;
    this.#swept = at;
    this.#endings.sweep(at);
  }

  /** Null: it is to be had, for this money. Throws QuestionFaultError on an order that nobody was offered. */
  async #refusalOf(
    { terminal, holder, question }: Asked,
    now: number,
  ): Promise<CentreRefusal | null> {
    const { books, municipalities, register } = this.#parts;
    const parts = { municipalities, register, applications: books.applications };
    const offers = await offersFor(parts, holder, this.#isStopped(terminal), now);
    const offer = offers.find(({ document }) => document === question.document);
    if (offer === undefined) return 'not-recorded-there';
    if (!offer.service.open) return offer.service.reason;
    if (offer.municipality.code !== question.municipality) return 'not-recorded-there';
    if (!offer.options.includes(question.option) || question.copies > offer.copiesMax) {
      throw new QuestionFaultError('not-a-question', 'an order that was not offered');
    }
    // The fee changed after it was shown: who begins anew is shown the new one.
    return question.fee === offer.fee * question.copies ? null : 'centre-stopped';
  }

  #isStopped(terminal: string): boolean {
    return !isSameTopology(this.#parts.books.topologies.of(terminal), this.#topology());
  }

  #topology(): Topology {
    const isOther = this.#parts.books.faults.on().includes('other-topology');
    return isOther ? { ...OWN_TOPOLOGY, profile: 'single-site' } : OWN_TOPOLOGY;
  }

  #audit(
    {
      id,
      terminal,
      certificate,
    }: { id: string | null; terminal: string; certificate: string | null },
    service: string,
    result: string,
  ): void {
    const { books, now } = this.#parts;
    const entry = { at: now(), terminal, service, certificate, request: id, record: null, result };
    books.audit.note(entry);
  }
}

function shown(office: Office, now: number): MunicipalitiesAnswer['municipalities'][number] {
  const { code, name, prefecture, kana, towns, takesPart } = office;
  const service = (schedule: Schedule): Service =>
    takesPart
      ? serviceAt(schedule, now)
      : { open: false, reason: 'municipality-not-taking-part', from: null };
  return {
    ...{ code, name, prefecture, kana },
    towns: towns.map((town) => ({ name: town.name, kana: town.kana })),
    familyRegister: service(office.familyRegister),
    resident: service(office.resident),
  };
}

function holderOf(card: CheckedQuestion['card']): Holder {
  if (card === null) throw new QuestionFaultError('not-proved', 'no card');
  const { certificate: der } = card;
  return { der, certificate: createHash('sha256').update(der).digest('hex') };
}
