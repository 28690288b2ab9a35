/** The town of the municipality whose clerks sit at the page, as its plan has it. */

import { AlertDesk } from '../alerts/alert-desk.ts';
import { outlinesOf } from '../alerts/plan.ts';
import type { Contacts } from '../contacts.ts';
import { InputError } from '../input-error.ts';
import type { PlatformKeys } from '../signing.ts';
import type { Stores } from '../stores.ts';
import { MunicipalDesk } from './municipal-desk.ts';
import { Town } from './town.ts';

export interface MunicipalTownParts {
  readonly stores: Pick<Stores, 'alerts' | 'facts' | 'plans' | 'residents'>;
  readonly contacts: Contacts;
  readonly keys: PlatformKeys;
  readonly now: () => number;
}

/** `map`: GeoJSON of its districts. Throws InputError while nobody has said whose clerks they are, and without a plan. */
export function openMunicipalTown({ stores, contacts, keys, now }: MunicipalTownParts): {
  readonly town: Town;
  readonly map: string;
} {
  const { alerts: store, facts: feed, plans, residents } = stores;
  if (residents.municipality === null) {
    throw new InputError(
      'whose page is it? "evacuees import" or "clerk add --municipality" says that first',
    );
  }
  const plan = plans.planOf(residents.municipality);
  const { code, name, shelters } = plan;
  // Whoever serves the terminals finds what was signed here, and tells it.
  const desk = new AlertDesk({ store, keys, plans, now, onSigned: () => undefined });
  const town = new Town({
    municipality: { code, name },
    districts: plan.districts.map(({ district }) => district),
    desk: new MunicipalDesk(desk, code),
    ...{ shelters, feed, residents, contacts, now },
  });
  return { town, map: outlinesOf(plan) };
}
