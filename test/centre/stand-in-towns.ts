/** Municipalities for tests of the centre: people in memory, and documents that say whose they are. */

import { createHash } from 'node:crypto';
import type {
  Applied,
  IssuedDocument,
  IssueRequest,
  Municipalities,
  Office,
  Wanted,
} from '../../platform-sim/centre/municipalities.ts';
import type { Schedule } from '../../platform-sim/centre/service-hours.ts';
import { OF_THE_DOMICILE } from '../../src/domain/municipal-certificate.ts';
import type { CentreRefusal } from '../../src/link/certificate-protocol.ts';

export const TOWN = '990011';
export const CITY = '990037';
export const ABSENT = '990061';

const OFFICE_HOURS: Schedule = {
  hours: { days: 'business-days', from: '09:00', to: '17:00' },
  closedAtYearEnd: true,
  maintenance: [{ from: '2026-12-08T03:00:00.000Z', to: '2026-12-08T05:00:00.000Z' }],
};
const DAILY: Schedule = {
  hours: { days: 'every-day', from: '06:30', to: '23:00' },
  closedAtYearEnd: true,
  maintenance: [],
};

function office(code: string, name: string, fee: number, takesPart = true): Office {
  return {
    ...{ code, name, kana: 'まち', prefecture: '北嶺県', takesPart },
    towns: [{ name: '大字鷹ノ沢', kana: 'おおあざたかのさわ' }],
    familyRegister: OFFICE_HOURS,
    resident: DAILY,
    fees: {
      'family-register-full': fee,
      'family-register-individual': fee,
      'family-register-addresses': 300,
      'civil-status': 300,
      'resident-record': 200,
      'seal-registration': 200,
      taxation: 200,
    },
  };
}

export interface StandInPerson {
  readonly name: string;
  /** DER of the user-authentication certificate. */
  readonly der: Buffer;
  /** Code of where they live. */
  readonly residence: string;
  /** Code of where their family register is, and the record's name; null: nowhere here. */
  readonly family: { readonly code: string; readonly record: string } | null;
}

export class StandInTowns implements Municipalities {
  readonly offices = [
    office(TOWN, '鷹ノ沢町', 450),
    office(CITY, 'かざす市', 150),
    office(ABSENT, '北雪町', 450, false),
  ];
  readonly people: StandInPerson[] = [];
  /** By the name of a person. */
  readonly obstacles = new Map<string, CentreRefusal>();
  readonly issued: IssueRequest[] = [];
  /** Which record the centre linked which certificate to. */
  readonly links = new Map<string, string>();
  /** Awaited before a document is made. */
  before: (request: IssueRequest) => Promise<void> = async () => {};

  /** What a test did; the people stay. */
  forget(): void {
    this.obstacles.clear();
    this.issued.length = 0;
    this.links.clear();
    this.before = async () => {};
  }

  async residenceOf(certificate: string): Promise<string | null> {
    return this.#person(certificate)?.residence ?? null;
  }

  async obstaclesTo(wanted: readonly Wanted[], certificate: string) {
    return wanted.map((each) => this.#obstacleTo(each, certificate));
  }

  #obstacleTo({ municipality: code, document }: Wanted, certificate: string): CentreRefusal | null {
    const person = this.#person(certificate);
    if (person === undefined) return 'not-recorded-there';
    const isThere = OF_THE_DOMICILE.has(document)
      ? person.family?.code === code
      : person.residence === code;
    return isThere ? (this.obstacles.get(person.name) ?? null) : 'not-recorded-there';
  }

  recordFor({ municipality, head, holder }: Applied): string | null {
    const person = this.people.find(({ name }) => name === holder.name);
    if (person?.family?.code !== municipality) return null;
    return head.familyKana === 'かざみ' ? person.family.record : null;
  }

  hasRecord(record: string): boolean {
    return this.people.some(({ family }) => family?.record === record);
  }

  link(record: string, der: Buffer): void {
    this.links.set(sha256(der), record);
  }

  async otherHolder(wanted: Wanted, certificate: string): Promise<string | null> {
    const others = this.people.filter(({ der }) => sha256(der) !== certificate);
    const found = others.find(({ der }) => this.#obstacleTo(wanted, sha256(der)) === null);
    return found === undefined ? null : sha256(found.der);
  }

  async close(): Promise<void> {}

  async issue(request: IssueRequest): Promise<IssuedDocument | { refused: CentreRefusal }> {
    this.issued.push(request);
    await this.before(request);
    const person = this.#person(request.certificate);
    const refused = this.#obstacleTo(request, request.certificate);
    if (person === undefined || refused !== null) {
      return { refused: refused ?? 'not-recorded-there' };
    }
    return {
      pdf: Buffer.from(`%PDF ${person.name} ${request.request} ${request.document}`),
      pages: 2 * request.copies,
      subject: subjectOf(request.request, person.der),
      holder: `${person.name.slice(0, 1)}＊ ＊`,
      record: `record of ${person.name}`,
    };
  }

  #person(certificate: string): StandInPerson | undefined {
    return this.people.find(({ der }) => sha256(der) === certificate);
  }
}

/** As the kiosk computes it: 16 bytes of the request id, and the certificate. */
export function subjectOf(request: string, der: Buffer): string {
  const id = Buffer.from(request.replaceAll('-', ''), 'hex');
  return sha256(Buffer.concat([id, der]));
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
