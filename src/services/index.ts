/** THE LIST of services. `ls src/services` and this file answer what a terminal can do. */

import type { Config } from '../config.ts';
import { eventEntry } from './event-entry.ts';
import type { Service, TerminalParts } from './service.ts';

export function servicesOf(config: Config, parts: TerminalParts): Service[] {
  return [eventEntry(parts, { gate: config.name, ...config.services['event-entry'] })];
}
