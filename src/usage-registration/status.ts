/** 申請のようす: whoever holds their card to a kiosk is told where their application stands. */

import { type CardAskedEvent, cardAskedMachine } from '../../state-machines/card-asked.ts';
import { awaitsCard } from '../card-actors.ts';
import type { Told } from '../domain/told.ts';
import {
  CERTIFICATE_SERVICES,
  STATUS_ANSWER,
  type StatusAnswer,
} from '../link/certificate-protocol.ts';
import { procedure } from '../procedure/procedure.ts';
import type { Errand, Service, TerminalParts } from '../services/service.ts';

export function registrationStatus(parts: TerminalParts): Service {
  return procedure(parts, {
    id: CERTIFICATE_SERVICES.status,
    purpose: { service: 'family-register' },
    assurance: 'possession',
    asks: {},
    answer: STATUS_ANSWER,
    tells,
    // Where one's application stands is nobody else's business: that somebody asked is all that is kept.
    records: (_, assurance) => ({
      event: 'registration.asked',
      subject: null,
      body: { assurance },
    }),
  });
}

/** The same, for whoever looks for it in the menu: they are told that their card is enough. */
export function statusErrand(parts: TerminalParts): Errand {
  return {
    id: 'status',
    openness: () => null,
    machine: cardAskedMachine.provide({
      actors: { awaitCard: awaitsCard<CardAskedEvent>(parts) },
    }),
    screenOf: () => ({
      screen: 'place-card',
      progress: { of: 'registration', step: 'choose' },
      again: null,
    }),
    typeSecret: () => {},
  };
}

function tells(answer: StatusAnswer): Told {
  switch (answer.state) {
    case 'none':
      return { text: 'registration.none', given: {} };
    case 'pending':
      return {
        text: 'registration.pending',
        given: { municipality: answer.municipality.name, ...dayOf(answer.expected) },
      };
    case 'accepted':
      return { text: 'registration.accepted', given: { municipality: answer.municipality.name } };
    case 'refused':
      return { text: 'registration.refused', given: { municipality: answer.municipality.name } };
  }
}

/** `expected`: YYYY-MM-DD. */
function dayOf(expected: string): { readonly month: number; readonly day: number } {
  const [, month = 1, day = 1] = expected.split('-').map(Number);
  return { month, day };
}
