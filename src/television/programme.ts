/** What a television shows for as long as it runs: state-machines/television.ts, tied to its effects. */

import { fromCallback, fromPromise } from 'xstate';
import { cardPinMachine } from '../../state-machines/card-secret.ts';
import type { CardSecretEvent } from '../../state-machines/card-secret-setup.ts';
import { type AlertEvent, evacuationAlertMachine } from '../../state-machines/evacuation-alert.ts';
import { televisionMachine } from '../../state-machines/television.ts';
import { televisionLinkMachine } from '../../state-machines/television-link.ts';
import type { LinkEvent } from '../../state-machines/television-link-setup.ts';
import type { TelevisionEvent } from '../../state-machines/television-setup.ts';
import { televisionWhereMachine } from '../../state-machines/television-where.ts';
import { awaitsCard, watchesCard } from '../card-actors.ts';
import { CARD_PIN_DIGITS } from '../domain/card-pin.ts';
import type { SensedTap } from '../domain/tap.ts';
import { PROGRAMME } from '../domain/television-screen.ts';
import { PinVault } from '../pin-vault.ts';
import { secretPad } from '../secret-pad.ts';
import type { Programme, TerminalParts } from '../services/service.ts';
import { DiskFullError } from '../store/ledger.ts';
import { callWords } from '../text/television/call.ts';
import { LinkVisit } from './link-visit.ts';
import type { Links } from './links.ts';
import { televisionScreenOf } from './screens.ts';
import type { TelevisionAlerts } from './television-alerts.ts';
import type { WhereConsents } from './where.ts';
import { agreeWhere, endWhere } from './where-visit.ts';

export interface ProgrammeOptions {
  /** As people call it. */
  readonly municipality: string;
  readonly pin: 'never' | 'always';
  readonly links: Links;
  readonly where: WhereConsents;
  readonly alerts: TelevisionAlerts;
}

export function televisionProgramme(parts: TerminalParts, options: ProgrammeOptions): Programme {
  const { municipality, links, where, alerts } = options;
  const asksPin = options.pin === 'always';
  const vault = new PinVault(CARD_PIN_DIGITS);
  const visits = new LinkVisits(() => new LinkVisit(parts, { links, vault, asksPin }), vault);
  const used = new UsedCards(parts);
  const ofWhere = { ...parts, links, where };

  return {
    id: PROGRAMME,
    machine: televisionMachine.provide({
      actors: {
        watchAlerts: followsAlerts<TelevisionEvent>(alerts, 'alert.raised'),
        awaitCard: used.awaitsFresh(),
        recognise: fromPromise(async ({ input }) => ({
          ref: await recognised(parts, links, input),
        })),
        turnGuests: fromPromise(async () => quietly(() => alerts.turnGuests())),
        unlink: fromPromise(async ({ input }) =>
          quietly(() => input && links.end(input.ref, input.by)),
        ),
        link: linkMachine(parts, visits, used),
        where: televisionWhereMachine.provide({
          actors: {
            agreeWhere: fromPromise(({ input, signal }) => agreeWhere(ofWhere, input, signal)),
            endWhere: fromPromise(async ({ input }) => endWhere(ofWhere, input)),
          },
        }),
        alert: alertMachine(alerts),
      },
    }),
    screenOf: (snapshot) =>
      televisionScreenOf(snapshot, {
        ...{ municipality, asksPin, alerts, where },
        isOnline: () => parts.isOnline(),
        now: () => parts.now(),
        linked: () => visits.current.person?.ref ?? null,
      }),
    typeSecret: (character) => void vault.add(character),
    callWords: (language) => {
      const { called } = alerts;
      return called && callWords(called.alert, called.kana, language);
    },
  };
}

function alertMachine(alerts: TelevisionAlerts) {
  return evacuationAlertMachine.provide({
    actors: {
      watchAlerts: followsAlerts<AlertEvent>(alerts, 'alerts.changed'),
      draw: fromPromise(() => alerts.draw()),
      press: fromPromise(async ({ input }) => alerts.press(input)),
    },
  });
}

function linkMachine(parts: TerminalParts, visits: LinkVisits, used: UsedCards) {
  return televisionLinkMachine.provide({
    actors: {
      visit: fromCallback(() => () => visits.current.forget()),
      lookForHindrance: fromPromise(async () => visits.begin().lookForHindrance()),
      awaitCard: awaitsCard<LinkEvent>(parts),
      watchCard: watchesCard<LinkEvent>(parts),
      readCard: fromPromise(({ input }) => {
        used.keep(input);
        return visits.current.readCard(input);
      }),
      secret: cardPinMachine.provide({
        actors: {
          countTries: fromPromise(({ input }) => visits.current.countTries(input)),
          secretPad: secretPad(visits.vault),
          prove: fromPromise(({ input }) => visits.current.provePin(input)),
          watchCard: watchesCard<CardSecretEvent>(parts),
        },
      }),
      askRegister: fromPromise(({ signal }) => visits.current.ask(signal)),
      recordLink: fromPromise(() => visits.current.record()),
    },
  });
}

/** One after the other: what one of them read of a card is gone before the next begins. */
class LinkVisits {
  readonly vault: PinVault;
  readonly #make: () => LinkVisit;
  #current: LinkVisit;

  constructor(make: () => LinkVisit, vault: PinVault) {
    this.#make = make;
    this.vault = vault;
    this.#current = make();
  }

  get current(): LinkVisit {
    return this.#current;
  }

  begin(): LinkVisit {
    this.#current = this.#make();
    return this.#current;
  }
}

/** Tells how urgent it is, at once and on every change; `alert.raised` only where something is. */
function followsAlerts<Event extends { readonly type: string }>(
  alerts: TelevisionAlerts,
  type: 'alerts.changed' | 'alert.raised',
) {
  return fromCallback<Event>(({ sendBack }) => {
    const tell = (): void => {
      const { level } = alerts;
      if (type === 'alert.raised' && level.urgency === 'none') return;
      sendBack({ type, ...level } as { readonly type: string } as Event);
    };
    const stop = alerts.watch(tell);
    tell();
    return stop;
  });
}

/** A card that was used in a visit and still lies there begins no other one. */
class UsedCards {
  readonly #parts: TerminalParts;
  #latest = 0;

  constructor(parts: TerminalParts) {
    this.#parts = parts;
  }

  keep({ tap }: SensedTap): void {
    this.#latest = Math.max(this.#latest, tap);
  }

  awaitsFresh() {
    return fromCallback<TelevisionEvent>(({ sendBack }) => {
      const see = (): void => {
        const card = this.#parts.cardInField();
        if (card === null || card.tap <= this.#latest) return;
        this.keep(card);
        sendBack({ type: 'card.present', tap: card.tap, sensedAt: card.sensedAt });
      };
      const stop = this.#parts.watchCard(see);
      see();
      return stop;
    });
  }
}

/** Who it is, of those who are linked; null for everybody else, and for a card that can't be read now. */
async function recognised(
  parts: TerminalParts,
  links: Links,
  seen: SensedTap | null,
): Promise<string | null> {
  const reader = parts.reader();
  if (reader === null || seen === null) return null;
  const identity = await reader.identify(seen.tap).catch(() => null);
  return identity && links.personOf(identity.certificate);
}

/** A disk that takes nothing leaves things as they are, and the screen says so by showing them. */
function quietly(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof DiskFullError)) throw error;
  }
}
