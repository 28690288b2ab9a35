/** THE LIST of services. `ls src/services` and this file answer what a terminal can do. */

import type { Config } from '../config.ts';
import { ageCheck } from './age-check.ts';
import { evacuationAlert } from './evacuation-alert.ts';
import { evacuationShelter } from './evacuation-shelter.ts';
import { eventEntry } from './event-entry.ts';
import { eventExit } from './event-exit.ts';
import { familyRegister } from './family-register.ts';
import type { Service, TerminalParts } from './service.ts';

export function servicesOf(
  { name, state, receipt, services }: Config,
  parts: TerminalParts,
): Service[] {
  const { 'event-entry': entry, 'age-check': age, 'family-register': register } = services;
  const shelter = services['evacuation-shelter'];
  const { 'evacuation-alert': alert } = services;
  const atGate = entry?.direction === 'out' ? eventExit : eventEntry;
  return [
    ...(entry === undefined ? [] : [atGate(parts, { gate: name, ...entry })]),
    ...(age === undefined ? [] : [ageCheck(parts, age)]),
    ...(register === undefined ? [] : [familyRegister(parts)]),
    ...(shelter === undefined
      ? []
      : [evacuationShelter(parts, shelter, { state, prints: receipt !== undefined })]),
    ...(alert === undefined ? [] : [evacuationAlert(parts, alert)]),
  ];
}
