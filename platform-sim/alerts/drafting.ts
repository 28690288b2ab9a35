/** From what the desk asks for to the document that would be signed. */

import { randomBytes } from 'node:crypto';
import type { AlertLevel, Worded } from '../../src/domain/alert.ts';
import { InputError } from '../input-error.ts';
import type { StoredMessage } from './alert-store.ts';
import type { CapDraft, CapPart, CapShelter } from './cap-writer.ts';
import type { AlertOrder } from './order.ts';
import { type DistrictPlan, geoJsonOf, type MunicipalPlan, shelterName } from './plan.ts';
import type { Plans } from './plans.ts';
import { ALL_CLEAR, CANCELLED, WHAT } from './words.ts';

const MINUTE_MS = 60_000;
/** How long it is shown that something is over. */
const END_MS = 12 * 60 * MINUTE_MS;

type Change = Exclude<AlertOrder, { do: 'alert' }>;

/** A new alert by the plan of its municipality. `now`: ms since the epoch. Throws InputError. */
export function draftAlert(
  order: Extract<AlertOrder, { do: 'alert' }>,
  plans: Plans,
  now: number,
): CapDraft {
  const plan = plans.planOf(order.municipality);
  const sent = wholeSecond(now);
  return {
    ...newMessage(plan.code, sent),
    municipality: { code: plan.code, name: plan.name },
    status: order.drill ? 'Exercise' : 'Actual',
    is: 'alert',
    expires: sent + order.minutes * MINUTE_MS,
    references: [],
    parts: partsOf(plan, order),
  };
}

/** A change of the alert whose newest message is `last`. Throws InputError. */
export function draftChange(
  order: Change,
  last: StoredMessage,
  plans: Plans,
  now: number,
): CapDraft {
  const { draft } = last;
  if (draft.is === 'cancel' || draft.is === 'all-clear') {
    throw new InputError(`${last.alert} is over; what comes now is another alert`);
  }
  // CAP knows whole seconds, and what changes something was sent after it.
  const sent = Math.max(wholeSecond(now), draft.sent + 1_000);
  const common = {
    ...newMessage(draft.municipality.code, sent),
    municipality: draft.municipality,
    status: draft.status,
    references: [...draft.references, { identifier: draft.identifier, sent: draft.sent }],
  };
  switch (order.do) {
    case 'update': {
      const parts = partsOf(plans.planOf(draft.municipality.code), order);
      return { ...common, is: 'update', expires: sent + order.minutes * MINUTE_MS, parts };
    }
    case 'extend': {
      const expires = sent + order.minutes * MINUTE_MS;
      if (expires <= draft.expires) {
        throw new InputError('extended, it would end no later than it does');
      }
      return { ...common, is: 'update', expires, parts: draft.parts };
    }
    case 'cancel':
      return { ...common, is: 'cancel', ...ended(draft, sent, order.what ?? CANCELLED) };
    case 'all-clear':
      return { ...common, is: 'all-clear', ...ended(draft, sent, order.what ?? ALL_CLEAR) };
  }
}

function ended(
  { parts }: CapDraft,
  sent: number,
  what: Worded,
): Pick<CapDraft, 'parts' | 'expires'> {
  const said = parts.map((part) => ({ ...part, what, shelters: [], map: null }));
  return { expires: sent + END_MS, parts: said };
}

function newMessage(municipality: string, sent: number): Pick<CapDraft, 'identifier' | 'sent'> {
  const day = new Date(sent).toISOString().slice(0, 10).replaceAll('-', '');
  return { identifier: `${municipality}-${day}-${randomBytes(6).toString('hex')}`, sent };
}

interface Said {
  readonly level: AlertLevel;
  readonly districts: readonly string[];
  readonly what?: Worded;
  readonly shelters?: readonly string[];
}

/** A part for each district: each has its own way. */
function partsOf(plan: MunicipalPlan, { level, districts, what, shelters }: Said): CapPart[] {
  return [...new Set(districts)].map((id) => {
    const planned = plan.districts.find(({ district }) => district.id === id);
    if (planned === undefined) {
      const known = plan.districts.map(({ district }) => district.id).join(', ');
      throw new InputError(`${plan.name} has no district ${id}; it has ${known}`);
    }
    // Whoever has not left by then may be safer where they are.
    const open = level === 5 ? [] : sheltersOf(plan, planned, shelters);
    if (level !== 5 && open.length === 0) {
      throw new InputError(`no shelter would be left for ${id}`);
    }
    return {
      districts: [{ id, name: planned.district.name }],
      level,
      what: what ?? WHAT[level],
      shelters: open,
      map: level === 5 ? null : geoJsonOf(planned),
    };
  });
}

function sheltersOf(
  plan: MunicipalPlan,
  { shelters }: DistrictPlan,
  only: readonly string[] | undefined,
): CapShelter[] {
  const placeOf = (id: string) => plan.shelters.find((shelter) => shelter.id === id);
  const unknown = only?.find((id) => placeOf(id) === undefined);
  if (unknown !== undefined) throw new InputError(`${plan.name} has no shelter ${unknown}`);
  return shelters
    .filter(({ id }) => only?.includes(id) ?? true)
    .map(({ id, minutes, way }) => {
      const place = placeOf(id);
      if (place === undefined) throw new Error(`a plan with an unknown shelter ${id}`);
      return { id, name: shelterName(place), way, minutes };
    });
}

function wholeSecond(ms: number): number {
  return Math.floor(ms / 1_000) * 1_000;
}
