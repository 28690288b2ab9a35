/** The tables `[services.<id>]` of the configuration, and what the services need of the other tables. */

import { z } from 'zod';
import type { PassageWitness } from './domain/fact.ts';
import { REVOCATION_DEMANDS, type RevocationDemand } from './domain/revocation.ts';
import { NAME } from './link/protocol.ts';

/**
 * The least that a service must know about revocation: `current`, a list of the card's issuer within its time, or the
 * issuer's own word; `stale`, a list however old; `any`, nothing. What a mistake would cost decides.
 */
const revocationDemand = (otherwise: RevocationDemand) =>
  z.enum(REVOCATION_DEMANDS).default(otherwise);

export const SERVICES = z.strictObject({
  'event-entry': z
    .strictObject({
      list: NAME,
      /** How people call this gate; on the paper and in "already entered at". Default: the terminal's name. */
      gate: z
        .string()
        .regex(/^(?=.*\S)[^\p{Cc}]{1,40}$/u, { error: 'a name of 1 to 40 printable characters' })
        .optional(),
      /** Default: who is on no list is let in, and each fact says what could be checked. */
      revocation: revocationDemand('any'),
      /** Whether the issuer of each card is asked, too, as long as the platform is reached. */
      ocsp: z.enum(['never', 'when-online']).default('never'),
      /** `out`: an exit gate, which lets everybody out. */
      direction: z.enum(['in', 'out']).default('in'),
      /** Who says whether people who were let in walk through; default: nobody, and to be let in is to enter. */
      passage: z.enum(['none', 'turnstile', 'attendant']).default('none'),
    })
    .optional(),
  'age-check': z
    .strictObject({
      /** "So old or older?" */
      age: z.int().min(1).max(150),
      pin: z.enum(['never', 'always']).default('never'),
      /** The least that a card has to show where there is no PIN. */
      assurance: z.enum(['identified', 'possession']).default('identified'),
    })
    .optional(),
  /** Certificates of municipalities. */
  'family-register': z.strictObject({}).optional(),
  'evacuation-shelter': z
    .strictObject({
      /** What the municipality calls it in its lists. */
      shelter: NAME,
      /** What people call it: 汐見小学校 避難所. */
      name: z
        .string()
        .regex(/^(?=.*\S)[^\p{Cc}]{1,40}$/u, { error: 'a name of 1 to 40 printable characters' }),
      /** People. */
      capacity: z.int().min(1).max(100_000),
      /** The municipality's list of residents. */
      list: NAME,
      /** On paper, for those without a card: a slip (unless said), or a short band to be worn, for a narrow roll. */
      slip: z.enum(['slip', 'band']).optional(),
      /** The municipality's certificate (PEM or DER): what names people who are on no list is sealed to its key. */
      'municipality-key': z.string().regex(/^[^\0]*[^\0\s][^\0]*$/u, { error: 'a path' }),
    })
    .optional(),
  /** A television that calls people by name when their municipality says that they have to leave. */
  'evacuation-alert': z
    .strictObject({
      /** How people call the municipality. */
      municipality: z
        .string()
        .regex(/^(?=.*\S)[^\p{Cc}]{1,20}$/u, { error: 'a name of 1 to 20 printable characters' }),
      /** Whether whoever links their card types its PIN. */
      pin: z.enum(['never', 'always']).default('never'),
    })
    .optional(),
});

type Services = z.infer<typeof SERVICES>;

/** `[services.event-entry]`; what is left out is as the table says. */
export interface EventEntryOptions {
  readonly list: string;
  /** How people call this gate. */
  readonly gate?: string | undefined;
  readonly revocation?: RevocationDemand;
  readonly ocsp?: 'never' | 'when-online';
  readonly direction?: 'in' | 'out';
  readonly passage?: 'none' | PassageWitness;
}

/** `[services.evacuation-shelter]`. */
export type EvacuationShelterOptions = NonNullable<Services['evacuation-shelter']>;

/** What `refine` is given of the whole configuration. */
interface Tables {
  readonly services: Services;
  readonly ocsp?: object | undefined;
  readonly receipt?: object | undefined;
  readonly release?: object | undefined;
  readonly turnstile?: object | undefined;
  readonly page?: object | undefined;
  readonly payment?: object | undefined;
  readonly staff?: object | undefined;
  readonly place?: object | undefined;
}

/** A service that lacks what it needs is told with the table that is missing. */
export function checkServices(
  { services, ocsp, receipt, release, turnstile, page, payment, staff, place }: Tables,
  context: z.RefinementCtx,
): void {
  const problem = (path: string | string[], message: string): void =>
    context.addIssue({ code: 'custom', path: [path].flat(), message });
  const ids = Object.keys(services);
  if (ids.length !== 1) {
    const known = Object.keys(SERVICES.shape).map((id) => `[services.${id}]`);
    problem('services', `a terminal has one service so far: ${known.join(' or ')}`);
  }
  const hasEntry = services['event-entry'] !== undefined;
  const prints = services['event-entry']?.direction === 'in';
  if (prints && receipt === undefined) {
    problem('receipt', 'event entry prints seat tickets: expected a table with a "driver"');
  }
  const passage = services['event-entry']?.passage;
  const passageKey = ['services', 'event-entry', 'passage'];
  if (!prints && passage === 'attendant') {
    problem(passageKey, 'nobody waits for who goes out: only with direction = "in"');
  }
  if (passage === 'turnstile' && turnstile === undefined) {
    problem(passageKey, 'needs a turnstile: expected a table [turnstile] with a "driver"');
  }
  if (turnstile !== undefined && passage !== 'turnstile') {
    problem('turnstile', 'only beside [services.event-entry] with passage = "turnstile"');
  }
  if (services['event-entry']?.ocsp === 'when-online' && ocsp === undefined) {
    const path = ['services', 'event-entry', 'ocsp'];
    problem(path, 'needs the address of a responder: [ocsp] "url"');
  }
  if (services['family-register'] !== undefined) {
    const needs = { page, payment, receipt };
    for (const [table, found] of Object.entries(needs)) {
      if (found !== undefined) continue;
      problem(table, 'certificates are paid and printed: expected a table with a "driver"');
    }
  }
  if (services['evacuation-alert'] !== undefined && place === undefined) {
    problem('place', 'alerts are for places: expected a table [place] with a "municipality"');
  }
  if (release !== undefined && services['age-check'] === undefined) {
    problem('release', 'nothing is handed out here: only beside [services.age-check]');
  }
  const isAtKiosk = services['family-register'] !== undefined;
  const isShelter = services['evacuation-shelter'] !== undefined;
  if (!(hasEntry || isAtKiosk || isShelter) && staff !== undefined) {
    const beside =
      '[services.event-entry], [services.family-register] or [services.evacuation-shelter]';
    problem('staff', `nothing waits for staff here: only beside ${beside}`);
  }
}

/** The list by which people are looked up here; undefined where nobody is. */
export function listUsed({ services }: { readonly services: Services }): string | undefined {
  return services['event-entry']?.list ?? services['evacuation-shelter']?.list;
}

/** How staff and facts know the gate of this terminal; null where nobody enters. */
export function entryOf(config: {
  readonly name: string;
  readonly services: Services;
}): { readonly list: string; readonly gate: string } | null {
  const entry = config.services['event-entry'];
  return entry === undefined ? null : { list: entry.list, gate: entry.gate ?? config.name };
}
