/** Usage registration at the centre: an application is judged, kept once, and decided by a clerk of its municipality. */

import { createHash } from 'node:crypto';
import type {
  Application,
  ApplyAnswer,
  CentreRefusal,
  StatusAnswer,
} from '../../src/link/certificate-protocol.ts';
import { QuestionFaultError } from '../checked-question.ts';
import type { Register } from '../register.ts';
import { type Filed, NotPendingError } from './applications.ts';
import type { CentreBooks } from './books.ts';
import { expectedDay, isSoOld } from './calendar.ts';
import type { Applicant, Applied, Municipalities } from './municipalities.ts';
import { type Holder, LEAST_AGE } from './offers.ts';
import { serviceAt } from './service-hours.ts';

const SERVICE = 'usage-registration';
const AUTOMATIC = 'automatic';

/** Judges the CMS object, both certificates, and that it is of this question. `now`: ms since the epoch. */
export type JudgeApplication = (
  cms: Buffer,
  asked: { readonly id: string; readonly terminal: string; readonly authentication: Buffer },
  register: Register,
  now: number,
) =>
  | { readonly application: Application; readonly holder: Applicant }
  | { readonly refused: CentreRefusal; readonly detail: string };

export interface ApplyingParts {
  readonly books: CentreBooks;
  readonly municipalities: Municipalities;
  readonly register: Register;
  readonly judge: JudgeApplication;
  readonly now: () => number;
}

interface Submitted {
  readonly id: string;
  readonly terminal: string;
  readonly holder: Holder;
  /** DER of the ContentInfo. */
  readonly application: Buffer;
}

export class Applying {
  readonly #parts: ApplyingParts;

  constructor(parts: ApplyingParts) {
    this.#parts = parts;
  }

  /** The same application again gets the same answer. Throws QuestionFaultError on another one under its id. */
  apply(asked: Submitted): ApplyAnswer {
    const { books, now } = this.#parts;
    const question = digestOf(asked);
    const before = books.applications.get(asked.id);
    if (before !== null) {
      if (before.question === question) return JSON.parse(before.answer) as ApplyAnswer;
      throw new QuestionFaultError('id-reused', 'this application id was used before');
    }
    const { id, terminal, holder } = asked;
    const at = now();
    const received = { id, question, terminal, certificate: holder.certificate, received: at };
    const judged = this.#judge(asked, at);
    if ('refused' in judged) {
      const answer: ApplyAnswer = { result: 'refused', reason: judged.refused };
      books.applications.turnAway(received, JSON.stringify(answer), judged.detail);
      this.#audit(asked, judged.refused);
      return answer;
    }
    const expected = expectedDay(at);
    books.applications.file(received, judged, { expected, der: holder.der }, (number) =>
      JSON.stringify({ result: 'received', number, expected } satisfies ApplyAnswer),
    );
    this.#audit(asked, 'received');
    return this.apply(asked);
  }

  /** Of the newest application. */
  status(certificate: string): StatusAnswer {
    const { books, municipalities } = this.#parts;
    const filed = books.applications.newestOf(certificate);
    const office = municipalities.offices.find(({ code }) => code === filed?.municipality);
    if (filed === null || office === undefined) return { state: 'none' };
    const { number, expected, state } = filed;
    const known = { municipality: { code: office.code, name: office.name }, number };
    switch (state) {
      case 'pending':
        return { state, ...known, expected };
      case 'accepted':
        return { state, ...known };
      case 'refused':
        return { state, ...known, reason: 'application-refused' };
    }
  }

  /** Accepts what came before `before` and means a record that is there; the rest waits for somebody's eyes. */
  clerk(before: number): void {
    const { books, municipalities, now } = this.#parts;
    for (const filed of books.applications.pending(before)) {
      const record = municipalities.recordFor(appliedOf(filed));
      if (record === null) continue;
      try {
        books.applications.accept(filed.number, record, { at: now(), by: AUTOMATIC });
      } catch (error) {
        // Somebody at a keyboard was faster.
        if (!(error instanceof NotPendingError)) throw error;
      }
    }
  }

  #judge(
    { id, terminal, holder, application }: Submitted,
    now: number,
  ): Applied | { readonly refused: CentreRefusal; readonly detail: string } {
    const { judge, register } = this.#parts;
    const judged = judge(application, { id, terminal, authentication: holder.der }, register, now);
    if ('refused' in judged) return judged;
    const { municipality, domicile, head } = judged.application;
    const { name, birth, address } = judged.holder;
    const refused = this.#refusalOf(municipality, holder, now);
    if (refused !== null) return { refused, detail: refused };
    return { municipality, domicile, head, holder: { name, birth, address } };
  }

  #refusalOf(
    municipality: string,
    { der, certificate }: Holder,
    now: number,
  ): CentreRefusal | null {
    const { books, municipalities, register } = this.#parts;
    const office = municipalities.offices.find(({ code }) => code === municipality);
    if (office === undefined || !office.takesPart) return 'municipality-not-taking-part';
    const born = register.bornOf(der);
    if (born !== null && !isSoOld(born, LEAST_AGE, now)) return 'under-fifteen';
    if (books.applications.bindingOf(certificate)?.municipality === municipality) {
      return 'already-registered';
    }
    if (books.applications.newestOf(certificate)?.state === 'pending') {
      return 'registration-pending';
    }
    // Applications are received at any hour, but not by a program that is being worked on.
    const service = serviceAt(office.familyRegister, now);
    return !service.open && service.reason === 'maintenance' ? 'maintenance' : null;
  }

  #audit({ id, terminal, holder }: Submitted, result: string): void {
    const { books, now } = this.#parts;
    const { certificate } = holder;
    const who = { terminal, service: SERVICE, certificate, request: id, record: null };
    books.audit.note({ at: now(), ...who, result });
  }
}

export function appliedOf({ municipality, said }: Filed): Applied {
  return { municipality, ...said };
}

function digestOf({ terminal, holder, application }: Submitted): string {
  const hash = createHash('sha256').update(JSON.stringify([terminal, holder.certificate]));
  return hash.update(application).digest('hex');
}
