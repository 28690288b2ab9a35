/**
 * The second certificate on residents' cards, with which they sign in their own name: of an authority of its own, which the
 * centre knows and no terminal does. Kept between two starts, as the first one is.
 */

import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Authority, type Holder, SIGNING_AUTHORITY_NAME } from '../authority.ts';
import { isSoOld } from '../centre/calendar.ts';
import { HOUSEHOLDS } from '../municipality/households.ts';
import type { Household, HouseholdMember } from '../municipality/records.ts';
import { eraDay } from '../municipality/wording.ts';
import { CARD_PASSWORD, type Person, type Resident } from '../people.ts';

/** Nobody younger has one. */
const LEAST_AGE = 15;
const DAY_MS = 86_400_000;
const LEAST_LEFT_MS = 30 * DAY_MS;
/** A street that is left alone for a year still registers people. */
const CRL_MS = 400 * DAY_MS;

interface Keys {
  readonly certificate: Buffer;
  /** PKCS#8. */
  readonly privateKeyPem: string;
}

/** File of somebody's signing certificate (DER), from the residents' folder. */
export function signingFile(person: string): string {
  return `${person}-signing.der`;
}

/** Files of the authority, for those who are told of it. */
export function signingAuthorityFiles(directory: string): {
  readonly ca: string;
  readonly crl: string;
} {
  return { ca: join(directory, 'signing-ca.der'), crl: join(directory, 'signing-crl.der') };
}

/** The residents with what they sign with on their cards, and the authority's files in `directory`. */
export async function giveSigningCertificates(
  directory: string,
  residents: readonly Resident[],
): Promise<readonly Resident[]> {
  const authority = await Authority.openOrCreate(join(directory, 'signing-authority'), {
    name: SIGNING_AUTHORITY_NAME,
  });
  const { ca, crl } = signingAuthorityFiles(directory);
  const thisUpdate = new Date(Date.now() - 60_000);
  const nextUpdate = new Date(thisUpdate.getTime() + CRL_MS);
  await writeFile(ca, authority.caCertificate);
  await writeFile(crl, authority.crl({ revoked: [], thisUpdate, nextUpdate }));
  return Promise.all(
    residents.map(async (resident): Promise<Resident> => {
      const holder = holderOf(resident.person);
      if (holder === null) return resident;
      const keys = await keysOf(
        join(directory, 'residents'),
        resident.person.id,
        authority,
        holder,
      );
      const card = {
        ...resident.card,
        signCertificate: keys.certificate.toString('base64'),
        signCaCertificate: authority.caCertificate.toString('base64'),
        signPrivateKey: keys.privateKeyPem,
        password: CARD_PASSWORD,
      };
      return { ...resident, card, signing: keys.certificate };
    }),
  );
}

/** As the residents' record has it; null for somebody who signs nothing. */
function holderOf({ id, card, standing, trick }: Person): Holder | null {
  const signs = card === 'my-number' && trick === null && ['good', 'renewed'].includes(standing);
  const found = signs ? residentOf(id) : null;
  if (found === null || !isSoOld(found.member.born, LEAST_AGE, Date.now())) return null;
  const { name, born, gender } = found.member;
  return { name, sex: gender, birth: eraDay(born), address: found.household.address };
}

function residentOf(person: string): { household: Household; member: HouseholdMember } | null {
  for (const household of HOUSEHOLDS) {
    const member = household.members.find(({ id }) => id === `resident/${person}`);
    if (member !== undefined) return { household, member };
  }
  return null;
}

async function keysOf(
  folder: string,
  person: string,
  authority: Authority,
  holder: Holder,
): Promise<Keys> {
  const file = join(folder, signingFile(person));
  const keyFile = join(folder, `${person}-signing-key.pem`);
  const kept = existsSync(file) ? await readFile(file) : null;
  if (kept !== null && stillFits(kept, authority)) {
    return { certificate: kept, privateKeyPem: await readFile(keyFile, 'utf8') };
  }
  const { der, privateKeyPem } = await authority.issueSignCertificate({ holder });
  await writeFile(keyFile, privateKeyPem, { mode: 0o600 });
  // Last: where it is, the key is.
  await writeFile(file, der);
  return { certificate: der, privateKeyPem };
}

function stillFits(der: Buffer, authority: Authority): boolean {
  const certificate = new X509Certificate(der);
  const isOurs = certificate.verify(new X509Certificate(authority.caCertificate).publicKey);
  return isOurs && certificate.validToDate.getTime() > Date.now() + LEAST_LEFT_MS;
}
