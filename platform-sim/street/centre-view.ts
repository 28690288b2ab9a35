/** The certificate centre as the street has it before it: what clerks have to decide, what was issued, and what goes wrong. */

import { CentreBooks } from '../centre/books.ts';
import { acceptApplication, refuseApplication } from '../centre/clerk.ts';
import type { CentreFaultName } from '../centre/faults.ts';
import type { Issue } from '../centre/issues.ts';
import { RegisterRecords } from '../centre/joined-municipalities.ts';
import { municipalityOf } from '../municipality/municipalities.ts';
import type { PaperVerdict } from '../municipality/verify-paper.ts';
import { keysFolder } from '../stores.ts';
import type { ApplicationShown } from './messages.ts';
import { verifySheets } from './sheet-desk.ts';

/** As the centre's books have it. */
const CLERK = 'a clerk on the street';
const SHOWN_MAX = 6;

export class CentreView {
  readonly #state: string;
  readonly #books: CentreBooks;
  readonly #records = new RegisterRecords();

  /** `state`: the platform's folder. */
  constructor(state: string) {
    this.#state = state;
    this.#books = new CentreBooks(state);
  }

  /** Newest first. */
  applications(): ApplicationShown[] {
    const filed = [...this.#books.applications.filed()].reverse();
    return filed.slice(0, SHOWN_MAX).map(({ number, municipality, state, said, received }) => ({
      number,
      state,
      municipality: municipalityOf(municipality).name,
      domicile: `${said.domicile.town} ${said.domicile.number}`,
      head: `${said.head.familyKana} ${said.head.givenKana}`,
      name: said.holder.name,
      at: new Date(received).toISOString(),
    }));
  }

  /** Throws InputError when it was decided before, there is none of this number, or no record fits. */
  accept(number: string): void {
    const { applications } = this.#books;
    acceptApplication(applications, this.#records, number, { by: CLERK, at: Date.now() });
  }

  /** Throws InputError, as the one before. */
  refuse(number: string): void {
    const decision = { by: CLERK, at: Date.now() };
    refuseApplication(this.#books.applications, number, 'refused on the street', decision);
  }

  /** Every request that was ever made, with what became of it. */
  issues(): Issue[] {
    return [...this.#books.issues.all()];
  }

  break(fault: CentreFaultName): void {
    this.#books.faults.set(fault);
  }

  mend(fault: CentreFaultName): void {
    this.#books.faults.mend(fault);
  }

  /** `paper`: a PDF, or the text of a code. Rejects for what is no document. */
  verify(paper: string | Uint8Array): Promise<PaperVerdict> {
    return verifySheets(paper, keysFolder(this.#state));
  }

  close(): void {
    this.#books.close();
  }
}
