/** An issuing server (証明書発行サーバ): finds the record, and makes the certificate of it. */

import { createHash, type KeyObject } from 'node:crypto';
import { dayInJapan } from '../../src/domain/japan-time.ts';
import { maskedName } from '../../src/domain/masked-name.ts';
import {
  type DocumentOption,
  type DocumentType,
  OF_THE_DOMICILE,
  SHEETS_MAX,
} from '../../src/domain/municipal-certificate.ts';
import type { CentreRefusal } from '../../src/link/certificate-protocol.ts';
import {
  type Certified,
  composeAddresses,
  composeOne,
  composeStatus,
  composeWhole,
} from './compose-family.ts';
import { composeResidents, composeSeal, composeTax } from './compose-resident.ts';
import { type Composition, charactersOf, textsOf } from './composition.ts';
import type { Coverage } from './coverage.ts';
import { type IssuingMunicipality, municipalityOf } from './municipalities.ts';
import { familyObstacle, OPTIONS, residentObstacle } from './obstacles.ts';
import { drawCode, signSheets } from './paper-signature.ts';
import type { FamilyRecord, Linked, Registers, ResidentRecord } from './registers.ts';
import { typeset } from './typesetter.ts';
import { kanjiDay } from './wording.ts';

/** Whose certificate of what; `certificate`: SHA-256 of the DER of the user-authentication certificate, hex. */
export interface AskedDocument {
  readonly document: DocumentType;
  readonly municipality: string;
  readonly option: DocumentOption;
  readonly certificate: string;
  /** ms since the epoch */
  readonly at: number;
}

export interface AskedIssue extends AskedDocument {
  /** UUID. */
  readonly request: string;
  readonly copies: number;
}

export interface IssuedDocument {
  /** PDF, all copies. */
  readonly pdf: Buffer;
  /** Sheets, all copies together. */
  readonly pages: number;
  /** Of the PDF, hex. */
  readonly sha256: string;
  /** SHA-256 (hex) over the request id (16 bytes) and the certificate (DER) that the record which was read is linked to. */
  readonly subject: string;
  /** Masked. */
  readonly holder: string;
  /** Which record was read. */
  readonly record: string;
}

export interface Refused {
  readonly refused: CentreRefusal;
}

export interface IssuingServer {
  readonly registers: Registers;
  readonly coverage: Coverage;
  /** The municipality's private key (P-256) for codes on paper; null: it has none. */
  readonly keyOf: (municipality: string) => KeyObject | null;
}

/** A record that was read, and what is written of it. */
interface Read {
  readonly record: string;
  /** DER. */
  readonly certificate: Buffer;
  readonly name: string;
  readonly composition: Composition;
}

/** Why it can't be had, for an offer; null: nothing is in the way. */
export function obstacleTo(
  asked: AskedDocument,
  server: Pick<IssuingServer, 'registers' | 'coverage'>,
): CentreRefusal | null {
  const read = readRecord(asked, server);
  return 'refused' in read ? read.refused : null;
}

/** Throws for an option or a number of copies that the document does not have. */
export function issueDocument(asked: AskedIssue, server: IssuingServer): IssuedDocument | Refused {
  const { request, copies, document, municipality } = asked;
  const read = readRecord(asked, server);
  if ('refused' in read) return read;
  const key = server.keyOf(municipality);
  if (key === null) return { refused: 'municipality-not-taking-part' };
  const { composition } = read;
  const subject = subjectOf(request, read.certificate);
  const order = { request, subject, municipality, document, issuedAt: new Date(asked.at) };
  const codesFor = (pages: number) => signSheets({ ...order, pages }, key).map(drawCode);
  const made = typeset({ composition, request, copies }, SHEETS_MAX, codesFor);
  // A pile of paper is for the counter.
  if (made === null) return { refused: 'counter-only' };
  const { pdf, sheets: pages } = made;
  const sha256 = createHash('sha256').update(pdf).digest('hex');
  const holder = maskedName(read.name);
  return { pdf, pages, sha256, subject, holder, record: read.record };
}

function subjectOf(request: string, certificate: Uint8Array): string {
  const id = Buffer.from(request.replaceAll('-', ''), 'hex');
  return createHash('sha256').update(id).update(certificate).digest('hex');
}

function readRecord(
  asked: AskedDocument,
  { registers, coverage }: Pick<IssuingServer, 'registers' | 'coverage'>,
): Read | Refused {
  if (!OPTIONS[asked.document].includes(asked.option)) throw new RangeError('no such option');
  const municipality = municipalityOf(asked.municipality);
  if (!municipality.takesPart) return { refused: 'municipality-not-taking-part' };
  const read = OF_THE_DOMICILE.has(asked.document)
    ? readFamily(asked, registers, municipality)
    : readResident(asked, registers, municipality);
  if ('refused' in read) return read;
  const isCovered = textsOf(read.composition).every((text) => coverage.missing(text).length === 0);
  return isCovered ? read : { refused: 'character-not-covered' };
}

function readFamily(
  asked: AskedDocument,
  registers: Registers,
  municipality: IssuingMunicipality,
): Read | Refused {
  const found = registers.familyOf(municipality.code, asked.certificate);
  if (found === null) return { refused: 'not-recorded-there' };
  const refused = familyObstacle(found, registers, asked.at);
  if (refused !== null) return { refused };
  return {
    record: found.id,
    certificate: found.certificate,
    name: `${found.register.head.family} ${found.member.given}`,
    composition: composeFamily(asked.document, found, certifiedBy(municipality, asked.at)),
  };
}

function composeFamily(
  document: DocumentType,
  { register, member }: FamilyRecord,
  certified: Certified,
): Composition {
  switch (document) {
    case 'family-register-full':
      return composeWhole(register, certified);
    case 'family-register-individual':
      return composeOne(register, member, certified);
    case 'family-register-addresses':
      return composeAddresses(register, certified);
    default:
      return composeStatus(register, member, certified);
  }
}

function readResident(
  asked: AskedDocument,
  registers: Registers,
  municipality: IssuingMunicipality,
): Read | Refused {
  const found = registers.residentOf(asked.certificate);
  if (found?.household.municipality !== municipality.code) return { refused: 'not-recorded-there' };
  const refused = residentObstacle(found, asked.document, asked.at);
  if (refused !== null) return { refused };
  const composition = composeResident(asked, found, certifiedBy(municipality, asked.at));
  if (composition === null) return { refused: 'not-recorded-there' };
  return {
    record: found.id,
    certificate: found.certificate,
    name: found.member.name,
    composition,
  };
}

function composeResident(
  { document, option, at }: AskedDocument,
  { household, member }: Linked<ResidentRecord>,
  certified: Certified,
): Composition | null {
  if (document === 'resident-record') return composeResidents(household, member, option, certified);
  if (document === 'taxation')
    return composeTax(household, member, { option, day: dayInJapan(at) }, certified);
  return member.seal === null ? null : composeSeal(household, member, member.seal, certified);
}

function certifiedBy({ name, mayor }: IssuingMunicipality, at: number): Certified {
  return {
    day: kanjiDay(dayInJapan(at)),
    certifier: `${name}長　${mayor}`,
    seal: sealOf(`${name}長之印`),
  };
}

/** Columns of at most three characters, filled as evenly as they can be. */
function sealOf(text: string): string[][] {
  const characters = charactersOf(text);
  const count = Math.ceil(characters.length / 3);
  return Array.from({ length: count }, (_, column) => {
    const begin = Math.ceil((characters.length * column) / count);
    return characters.slice(begin, Math.ceil((characters.length * (column + 1)) / count));
  });
}
