/**
 * A television that calls the people of a home by name when their municipality says that they have to leave. What it shows
 * and does is in src/television; an alert is shown whatever else is missing, so nothing stands in its way.
 */

import { cardAskedMachine } from '../../state-machines/card-asked.ts';
import { LANGUAGES, type Language } from '../domain/screen.ts';
import { DiskFullError } from '../store/disk.ts';
import { Links } from '../television/links.ts';
import { televisionProgramme } from '../television/programme.ts';
import { TelevisionAlerts } from '../television/television-alerts.ts';
import { WhereConsents } from '../television/where.ts';
import type { Service, TerminalParts } from './service.ts';

/** `[services.evacuation-alert]` */
export interface EvacuationAlertOptions {
  /** As people call it. */
  readonly municipality: string;
  readonly pin: 'never' | 'always';
}

/** A token that has the key of the names may come later than the start, and go. */
const READ_AGAIN_MS = 5_000;

export function evacuationAlert(parts: TerminalParts, options: EvacuationAlertOptions): Service {
  const links = new Links(parts);
  const where = new WhereConsents({ recorder: parts.recorder, links, now: () => parts.now() });
  const alerts = new TelevisionAlerts({ ...parts, links, where });
  const reading = setInterval(() => void links.read(), READ_AGAIN_MS);
  void links.read();
  return {
    id: 'evacuation-alert',
    needs: ['card'],
    lists: [],
    obstacle: () => null,
    // No card is held without a choice: the programme has them all.
    machine: cardAskedMachine,
    programme: televisionProgramme(parts, { ...options, links, where, alerts }),
    place: () => ({
      title: options.municipality,
      gate: '',
      startsAt: null,
      list: null,
      purpose: { service: 'evacuation-alert' },
    }),
    language: languageOf(parts),
    stop: () => {
      clearInterval(reading);
      alerts.stop();
    },
  };
}

const LANGUAGE = 'television-language';

/** Of the household: an alert after a power cut is in the language that they read. */
function languageOf({ recorder }: TerminalParts): NonNullable<Service['language']> {
  const { ledger } = recorder;
  let chosen: Language = LANGUAGES.find((each) => each === ledger.get(LANGUAGE)) ?? 'ja';
  return {
    chosen: () => chosen,
    keep(language) {
      if (language === chosen) return;
      chosen = language;
      try {
        ledger.set(LANGUAGE, language);
      } catch (error) {
        // It stays until the next start.
        if (!(error instanceof DiskFullError)) throw error;
      }
    },
  };
}
