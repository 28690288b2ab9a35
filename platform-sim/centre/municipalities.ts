/** What the certificate centre asks municipalities: the boundary to their registers and issuing servers. */

import type { DocumentOption, DocumentType } from '../../src/domain/municipal-certificate.ts';
import type { Application, CentreRefusal } from '../../src/link/certificate-protocol.ts';
import type { Schedule } from './service-hours.ts';

/** A municipality, as the centre knows it. */
export interface Office {
  readonly code: string;
  readonly name: string;
  readonly kana: string;
  readonly prefecture: string;
  readonly towns: readonly { readonly name: string; readonly kana: string }[];
  readonly takesPart: boolean;
  readonly familyRegister: Schedule;
  readonly resident: Schedule;
  /** Yen for one copy. */
  readonly fees: Readonly<Record<DocumentType, number>>;
}

/** What an application says of a register, and of who applied. */
export interface Applied extends Pick<Application, 'municipality' | 'domicile' | 'head'> {
  readonly holder: Applicant;
}

/** As the signing certificate names them. */
export interface Applicant {
  readonly name: string;
  readonly birth: string;
  readonly address: string;
}

export interface IssueRequest {
  /** UUID; its 16 bytes go into `subject`. */
  readonly request: string;
  readonly terminal: string;
  readonly municipality: string;
  readonly document: DocumentType;
  readonly option: DocumentOption;
  readonly copies: number;
  /** SHA-256 of the DER of the certificate whose holder asks, hex: by it the record is found. */
  readonly certificate: string;
  /** ms since the epoch */
  readonly at: number;
}

export interface IssuedDocument {
  /** All copies. */
  readonly pdf: Uint8Array;
  readonly pages: number;
  /** SHA-256(request || DER of the certificate that is linked to the record that was read), hex. */
  readonly subject: string;
  /** Masked. */
  readonly holder: string;
  /** Which record was read. */
  readonly record: string;
}

/** A document of a municipality, for somebody. */
export interface Wanted {
  readonly municipality: string;
  readonly document: DocumentType;
}

/** `certificate`: SHA-256 of the DER of the holder's user-authentication certificate, hex. */
export interface Municipalities {
  /** In the order in which they are shown. */
  readonly offices: readonly Office[];
  /** The register record that the application means, of which the applicant is a person. Null: there is none. */
  recordFor(applied: Applied): string | null;
  /** Whether there is such a record to be bound to. */
  hasRecord(record: string): boolean;
  /** Code of where the holder lives; null: in no register here. */
  residenceOf(certificate: string): Promise<string | null>;
  /** Of each, why the holder can't have it; null: nothing is in the way. Hours, fees and registration aside. */
  obstaclesTo(
    wanted: readonly Wanted[],
    certificate: string,
  ): Promise<readonly (CentreRefusal | null)[]>;
  /** From now on this certificate (DER) stands for the holder of the record. */
  link(record: string, der: Buffer): void;
  /** Certificate of another holder who could get this document, for scenarios; null: there is none. */
  otherHolder(wanted: Wanted, certificate: string): Promise<string | null>;
  /** Reads the record by itself. */
  issue(request: IssueRequest): Promise<IssuedDocument | { readonly refused: CentreRefusal }>;
  /** Ends what works for them. */
  close(): Promise<void>;
}
