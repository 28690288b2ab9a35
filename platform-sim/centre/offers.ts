/** What a holder can get here and now: which municipality has it, for how much, and if not, why not. */

import { X509Certificate } from 'node:crypto';
import { dayInJapan, startInJapan } from '../../src/domain/japan-time.ts';
import {
  COPIES_MAX,
  DOCUMENTS,
  type DocumentOption,
  type DocumentType,
  OF_THE_DOMICILE,
} from '../../src/domain/municipal-certificate.ts';
import type { CentreRefusal, Offer } from '../../src/link/certificate-protocol.ts';
import type { Register } from '../register.ts';
import type { Applications } from './applications.ts';
import { dayAfter, isSoOld } from './calendar.ts';
import type { Municipalities, Office } from './municipalities.ts';
import { type Schedule, type Service, serviceAt } from './service-hours.ts';

const PLAIN: readonly DocumentOption[] = ['plain'];
const OPTIONS: Readonly<Partial<Record<DocumentType, readonly DocumentOption[]>>> = {
  'resident-record': ['self', 'self-with-domicile', 'household', 'household-with-domicile'],
  taxation: ['this-year', 'last-year'],
};
/** Nobody who is younger gets a certificate at a kiosk. */
export const LEAST_AGE = 15;

/** Who asks. */
export interface Holder {
  /** DER of the user-authentication certificate that was shown. */
  readonly der: Buffer;
  /** Its SHA-256, hex. */
  readonly certificate: string;
}

export interface OffersParts {
  readonly municipalities: Municipalities;
  readonly applications: Applications;
  readonly register: Register;
}

/** Where something is to be had; `refusal`: what the way there says, before the municipality is asked. */
interface Place {
  readonly office: Office;
  readonly refusal: CentreRefusal | null;
}

/** In the order in which they are shown. `stopped`: the centre serves this terminal nothing. `now`: ms since the epoch. */
export async function offersFor(
  parts: OffersParts,
  holder: Holder,
  stopped: boolean,
  now: number,
): Promise<Offer[]> {
  const residence = await residenceOf(parts, holder);
  if (residence === null) return [];
  const domicile = await domicileOf(parts, holder, residence.office);
  const places = DOCUMENTS.map((document) => ({
    document,
    ...(OF_THE_DOMICILE.has(document) ? domicile : residence),
  }));
  const closed = stopped ? closedBecause('centre-stopped') : closedToHolder(parts, holder, now);
  const obstacles =
    closed === null ? await obstaclesTo(parts, places, holder) : places.map(() => null);
  return places.map(({ document, office, refusal }, at) => {
    const { code, name, fees } = office;
    const reason = refusal ?? whyNot(office) ?? obstacles[at] ?? null;
    const inHours = () => serviceAt(hoursOf(office, document), now);
    return {
      document,
      municipality: { code, name },
      fee: fees[document],
      options: [...(OPTIONS[document] ?? PLAIN)],
      copiesMax: COPIES_MAX,
      // What stays is said before what passes: nobody comes back in the morning for nothing.
      service: closed ?? (reason === null ? inHours() : closedBecause(reason)),
    };
  });
}

function obstaclesTo(
  { municipalities }: OffersParts,
  places: readonly (Place & { readonly document: DocumentType })[],
  { certificate }: Holder,
): Promise<readonly (CentreRefusal | null)[]> {
  const wanted = places.map(({ office, document }) => ({ municipality: office.code, document }));
  return municipalities.obstaclesTo(wanted, certificate);
}

function whyNot({ takesPart }: Office): CentreRefusal | null {
  return takesPart ? null : 'municipality-not-taking-part';
}

function hoursOf(office: Office, document: DocumentType): Schedule {
  return OF_THE_DOMICILE.has(document) ? office.familyRegister : office.resident;
}

/** What counts for every document: the certificate itself, and its holder's age. */
function closedToHolder({ register }: OffersParts, { der }: Holder, now: number): Service | null {
  if (register.standing(der, now) !== 'valid') return closedBecause('certificate-not-valid');
  const issued = dayInJapan(new X509Certificate(der).validFromDate.getTime());
  if (issued >= dayInJapan(now)) {
    return closedBecause('card-too-new', new Date(startInJapan(dayAfter(issued))).toISOString());
  }
  const born = register.bornOf(der);
  return born === null || isSoOld(born, LEAST_AGE, now) ? null : closedBecause('under-fifteen');
}

/** Whoever is in no register is told so under the name of a municipality, as everybody is. */
async function residenceOf(
  { municipalities }: OffersParts,
  { certificate }: Holder,
): Promise<Place | null> {
  const { offices } = municipalities;
  const code = await municipalities.residenceOf(certificate);
  const office = offices.find((each) => each.code === code);
  if (office !== undefined) return { office, refusal: null };
  const any = offices.find(({ takesPart }) => takesPart);
  return any === undefined ? null : { office: any, refusal: 'not-recorded-there' };
}

/**
 * Where the registered domicile is: as the newest registration says; without one, where one lives if the family register
 * is there, too, for which nobody needs to register.
 */
async function domicileOf(
  { municipalities, applications }: OffersParts,
  { certificate }: Holder,
  residence: Office,
): Promise<Place> {
  const officeOf = (code: string) => municipalities.offices.find((each) => each.code === code);
  const binding = applications.bindingOf(certificate);
  const bound = binding === null ? undefined : officeOf(binding.municipality);
  if (binding !== null && bound !== undefined) {
    // Once more at each question: a link outlives no start of the municipality's program by itself.
    municipalities.link(binding.record, binding.der);
    return { office: bound, refusal: null };
  }
  const there = { municipality: residence.code, document: 'family-register-individual' } as const;
  const [lacks] = await municipalities.obstaclesTo([there], certificate);
  if (lacks !== 'not-recorded-there') return { office: residence, refusal: null };
  const applied = applications.newestOf(certificate);
  const office = applied === null ? undefined : officeOf(applied.municipality);
  if (applied === null || office === undefined) {
    return { office: residence, refusal: 'registration-missing' };
  }
  const isPending = applied.state === 'pending';
  return { office, refusal: isPending ? 'registration-pending' : 'registration-refused' };
}

function closedBecause(reason: CentreRefusal, from: string | null = null): Service {
  return { open: false, reason, from };
}
