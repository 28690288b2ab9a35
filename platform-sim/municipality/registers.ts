/**
 * The registers of all municipalities, and which of their records stands for the holder of which certificate. A record
 * keeps the certificate itself: what is issued from it is bound to that one, whatever a request carried.
 */

import { createHash } from 'node:crypto';
import type { Application } from '../../src/link/certificate-protocol.ts';
import { FAMILY_REGISTERS } from './family-registers.ts';
import { HOUSEHOLDS } from './households.ts';
import { katakana } from './lone-people.ts';
import type { FamilyMember, FamilyRegister, Household, HouseholdMember } from './records.ts';

export interface FamilyRecord {
  readonly id: string;
  readonly register: FamilyRegister;
  readonly member: FamilyMember;
}

export interface ResidentRecord {
  readonly id: string;
  readonly household: Household;
  readonly member: HouseholdMember;
}

/** A record and the certificate (DER) that stands for its holder. */
export type Linked<Kept> = Kept & { readonly certificate: Buffer };

/** What an application says of a register and of who applied, as the signing certificate names them. */
export interface AppliedRecord extends Pick<Application, 'municipality' | 'domicile' | 'head'> {
  /** `birth`: YYYY-MM-DD */
  readonly holder: { readonly name: string; readonly birth: string };
}

const SELECTORS_AND_SPACES = /[\u{E0100}-\u{E01EF}\s\u3000]/gu;

export class Registers {
  readonly #family: ReadonlyMap<string, FamilyRecord>;
  readonly #resident: ReadonlyMap<string, ResidentRecord>;
  /** By record: DER. */
  readonly #certificates = new Map<string, Buffer>();

  constructor(
    families: readonly FamilyRegister[] = FAMILY_REGISTERS,
    households: readonly Household[] = HOUSEHOLDS,
  ) {
    this.#family = byId(
      families.flatMap((register) =>
        register.members.map((member) => ({ id: member.id, register, member })),
      ),
    );
    this.#resident = byId(
      households.flatMap((household) =>
        household.members.map((member) => ({ id: member.id, household, member })),
      ),
    );
  }

  /** From now on `certificate` (DER) stands for the holder of the record, and none before it. */
  linkHolder(record: string, certificate: Uint8Array): void {
    if (!this.has(record)) throw new Error('there is no such record');
    this.#certificates.set(record, Buffer.from(certificate));
  }

  has(record: string): boolean {
    return this.#family.has(record) || this.#resident.has(record);
  }

  /** Whether this family register is where the person lives, so that nobody has to register for it. */
  isAtHome(record: string): boolean {
    const family = this.#family.get(record);
    if (family === undefined) return false;
    const { municipality } = family.register;
    return this.residenceOf(family)?.household.municipality === municipality;
  }

  /** `certificate`: SHA-256 of its DER, hex. */
  residentOf(certificate: string): Linked<ResidentRecord> | null {
    return this.#linked(this.#resident, certificate, () => true);
  }

  /** In the registers of this municipality (code). `certificate`: SHA-256 of its DER, hex. */
  familyOf(municipality: string, certificate: string): Linked<FamilyRecord> | null {
    return this.#linked(
      this.#family,
      certificate,
      ({ register }) => register.municipality === municipality,
    );
  }

  /** The same person in the residents' records, wherever they live. Null: nowhere here. */
  residenceOf(record: FamilyRecord): ResidentRecord | null {
    return this.#resident.get(record.id.replace(/^family\//u, 'resident/')) ?? null;
  }

  /**
   * The record that an application means: the register by its place and head, in it the person by name and birth.
   * Selectors are left aside, for certificates write many names without theirs. Null when it is not exactly one.
   */
  find({ municipality, domicile, head, holder }: AppliedRecord): string | null {
    const found = [...this.#family.values()].filter(
      ({ register, member }) =>
        register.municipality === municipality &&
        register.town === domicile.town &&
        register.number === domicile.number &&
        katakana(register.head.familyKana) === katakana(head.familyKana) &&
        katakana(register.head.givenKana) === katakana(head.givenKana) &&
        !member.removed &&
        member.born === holder.birth &&
        plain(register.head.family + member.given) === plain(holder.name),
    );
    const [record, ...further] = found;
    return further.length > 0 ? null : (record?.id ?? null);
  }

  /** SHA-256 (hex) of the certificates of all who are linked to a record here, but this one. */
  otherHolders(certificate: string): string[] {
    const hashes = [...this.#certificates.values()].map(sha256);
    return [...new Set(hashes)].filter((other) => other !== certificate);
  }

  #linked<Kept extends { readonly id: string }>(
    records: ReadonlyMap<string, Kept>,
    certificate: string,
    fits: (record: Kept) => boolean,
  ): Linked<Kept> | null {
    for (const record of records.values()) {
      const der = this.#certificates.get(record.id);
      if (der !== undefined && fits(record) && sha256(der) === certificate)
        return { ...record, certificate: der };
    }
    return null;
  }
}

function byId<Kept extends { readonly id: string }>(records: readonly Kept[]): Map<string, Kept> {
  const kept = new Map(records.map((record) => [record.id, record]));
  if (kept.size !== records.length) throw new Error('two records have one id');
  return kept;
}

function plain(name: string): string {
  return name.replaceAll(SELECTORS_AND_SPACES, '');
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
