/** All municipalities as the certificate centre meets them: what can be had, and the issuing servers behind it. */

import type { KeyObject } from 'node:crypto';
import type { DocumentType } from '../../src/domain/municipal-certificate.ts';
import type { CentreRefusal } from '../../src/link/certificate-protocol.ts';
import { Coverage } from './coverage.ts';
import {
  type AskedIssue,
  type IssuedDocument,
  type IssuingServer,
  issueDocument,
  obstacleTo,
  type Refused,
} from './issue.ts';
import { MUNICIPALITIES } from './municipalities.ts';
import { OPTIONS } from './obstacles.ts';
import { type AppliedRecord, Registers } from './registers.ts';

/** Whoever has a card; `certificate`: DER of the user-authentication certificate. */
export interface CardHolder {
  readonly person: { readonly id: string };
  readonly certificate: Uint8Array | null;
}

/** Who had a registration accepted before the simulation began, elsewhere than where they live. */
const REGISTERED_BEFORE: ReadonlySet<string> = new Set([
  'sato-hanako',
  'tomoshino-makoto',
  'tomoshino-yuko',
  'takasaki-hiro',
  'tada-mitsuru',
  'kuzumi-ren',
  'byanda-men',
]);

export class MunicipalOffices {
  /** In the order in which they are shown. */
  readonly offices = MUNICIPALITIES;
  readonly #server: IssuingServer;
  readonly #now: () => number;

  constructor(server: IssuingServer, now: () => number = Date.now) {
    this.#server = server;
    this.#now = now;
  }

  /** `keyOf`: a municipality's private key (P-256) for codes on paper; null: it has none. */
  static async open(keyOf: (municipality: string) => KeyObject | null): Promise<MunicipalOffices> {
    const coverage = await Coverage.open();
    return new MunicipalOffices({ registers: new Registers(), coverage, keyOf });
  }

  /**
   * Links the cards that were issued to these people: with where they live, and with their family register where that is in
   * the same municipality or was registered for before.
   */
  linkHolders(holders: readonly CardHolder[]): void {
    const { registers } = this.#server;
    for (const { person, certificate } of holders) {
      if (certificate === null) continue;
      const [resident, family] = [`resident/${person.id}`, `family/${person.id}`];
      if (registers.has(resident)) registers.linkHolder(resident, certificate);
      const isKnown = REGISTERED_BEFORE.has(person.id) || registers.isAtHome(family);
      if (isKnown) registers.linkHolder(family, certificate);
    }
  }

  /** Code of where the holder lives; null: in no register here. `certificate`: SHA-256 of its DER, hex. */
  residenceOf(certificate: string): string | null {
    return this.#server.registers.residentOf(certificate)?.household.municipality ?? null;
  }

  /** Codes of the municipalities whose family registers the holder is linked to. */
  domicilesOf(certificate: string): string[] {
    return this.#server.registers.domicilesOf(certificate);
  }

  /** Why this document can't be had for this holder; null: nothing is in the way. Hours, fees and registration aside. */
  obstacleTo(
    municipality: string,
    document: DocumentType,
    certificate: string,
  ): CentreRefusal | null {
    // With the most that can be chosen of it: a name in a household can be in the way, too.
    const option = OPTIONS[document].at(-1) ?? 'plain';
    const asked = { municipality, document, option, certificate, at: this.#now() };
    return obstacleTo(asked, this.#server);
  }

  /** The record of a family register that the application means, of which the applicant is a person. Null: there is none. */
  recordFor(applied: AppliedRecord): string | null {
    return this.#server.registers.find(applied);
  }

  /** From now on this certificate stands for its holder in the record. `der`: of the user-authentication certificate. */
  link(municipality: string, record: string, der: Uint8Array): void {
    const { registers } = this.#server;
    if (registers.municipalityOf(record) !== municipality) throw new Error('no such record there');
    registers.linkHolder(record, der);
  }

  /** Certificate of another holder who could get this document, for scenarios; null: there is none. */
  otherHolder(municipality: string, document: DocumentType, certificate: string): string | null {
    const others = this.#server.registers.otherHolders(certificate);
    return others.find((other) => this.obstacleTo(municipality, document, other) === null) ?? null;
  }

  /** The record is looked up here, by the certificate; what comes is bound to the certificate that the record has. */
  async issue(asked: AskedIssue): Promise<IssuedDocument | Refused> {
    return issueDocument(asked, this.#server);
  }
}
