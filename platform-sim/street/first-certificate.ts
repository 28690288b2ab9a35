/**
 * Somebody whose family register is elsewhere comes to the kiosk for the first time: registers, is accepted by the clerk of
 * that municipality, comes again, and goes with the certificate.
 */

import { FAMILY_REGISTERS } from '../municipality/family-registers.ts';
import { municipalityOf } from '../municipality/municipalities.ts';
import { type Domicile, KioskVisitor, type Wish } from './kiosk-visitor.ts';
import type { Street } from './world.ts';

const WHO = 'nagihara-midori';
const DOCUMENT = 'family-register-individual';

/** Resolves with what went otherwise, a line each. `say`: what people should read. */
export async function firstCertificate(
  street: Street,
  say: (line: string) => void,
): Promise<readonly string[]> {
  const kiosk = street.kiosk;
  const visit = (wish: Wish) =>
    kiosk.atScreen(async (browser) => {
      const visitor = new KioskVisitor(kiosk, browser, street.resident(WHO), wish);
      await visitor.go();
      return visitor;
    });
  const before = (await kiosk.page?.count()) ?? 0;
  const applied = await visit({ errand: 'registration', domicile: domicileOf(WHO) });
  const number = applied.saw('applied')?.application;
  if (number === undefined) return [`${WHO}: ${applied.saw('ended')?.reason ?? 'no application'}`];
  say(`          * ${WHO} applies for registration: ${number}`);
  street.centre.accept(number);
  say('          * the clerk accepts it');
  const ordered = await visit({ errand: 'family-certificate', document: DOCUMENT });
  const sheets = (await kiosk.page?.papers(before)) ?? [];
  const verdicts = await Promise.all(
    sheets.map(({ pdf }) => street.centre.verify(pdf ?? new Uint8Array())),
  );
  if (sheets.length === 0 || !verdicts.every(({ genuine }) => genuine)) {
    return [`${WHO}: ${ordered.saw('ended')?.reason ?? 'no genuine certificate'}`];
  }
  say(`          * ${sheets.length} sheet of ${DOCUMENT} came out, and its code is genuine`);
  return [];
}

/** Where somebody's family register is, as they would type it. Throws for somebody who has none here. */
export function domicileOf(person: string): Domicile {
  const register = FAMILY_REGISTERS.find(({ members }) =>
    members.some(({ id }) => id === `family/${person}`),
  );
  if (register === undefined) throw new Error(`${person} has no family register here`);
  const { name, prefecture } = municipalityOf(register.municipality);
  const { familyKana, givenKana } = register.head;
  return {
    ...{ prefecture, municipality: name, town: register.town, number: register.number },
    ...{ familyKana, givenKana },
  };
}
