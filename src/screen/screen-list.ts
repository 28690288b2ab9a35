/** Every screen that the machines can show, from the `meta` of their states: nobody has to play through a story to see them. */

import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { cardAskedMachine } from '../../state-machines/card-asked.ts';
import { cardPasswordMachine, cardPinMachine } from '../../state-machines/card-secret.ts';
import { certificateHandoverMachine } from '../../state-machines/certificate-handover.ts';
import { certificateOrderMachine } from '../../state-machines/certificate-order.ts';
import { evacuationAlertMachine } from '../../state-machines/evacuation-alert.ts';
import { eventEntryMachine } from '../../state-machines/event-entry.ts';
import { eventExitMachine } from '../../state-machines/event-exit.ts';
import { municipalityChoiceMachine } from '../../state-machines/municipality-choice.ts';
import { procedureMachine } from '../../state-machines/procedure.ts';
import { registrationFormMachine } from '../../state-machines/registration-form.ts';
import { sessionMachine } from '../../state-machines/session.ts';
import { shelterFormMachine } from '../../state-machines/shelter-form.ts';
import { shelterVisitMachine } from '../../state-machines/shelter-visit.ts';
import { staffMachine } from '../../state-machines/staff.ts';
import { staffAskedMachine } from '../../state-machines/staff-asked.ts';
import { staffSignInMachine } from '../../state-machines/staff-sign-in.ts';
import { televisionMachine } from '../../state-machines/television.ts';
import { televisionLinkMachine } from '../../state-machines/television-link.ts';
import { televisionWhereMachine } from '../../state-machines/television-where.ts';
import { terminalMachine } from '../../state-machines/terminal.ts';
import { usageRegistrationMachine } from '../../state-machines/usage-registration.ts';
import type { KioskScreenName } from '../domain/kiosk-screen.ts';
import type { KeyName, Language, ScreenName, StateMeta } from '../domain/screen.ts';
import type { ShelterScreenName } from '../domain/shelter-screen.ts';
import type { TelevisionScreenName } from '../domain/television-screen.ts';
import type { Catalogue } from '../text/catalogue.ts';
import { catalogueOf } from '../text/index.ts';
import { plain } from '../text/ruby.ts';

const MACHINES: readonly AnyStateMachine[] = [
  terminalMachine,
  sessionMachine,
  eventEntryMachine,
  eventExitMachine,
  procedureMachine,
  staffMachine,
  staffSignInMachine,
  certificateOrderMachine,
  certificateHandoverMachine,
  cardPinMachine,
  cardPasswordMachine,
  usageRegistrationMachine,
  cardAskedMachine,
  municipalityChoiceMachine,
  registrationFormMachine,
  shelterVisitMachine,
  shelterFormMachine,
  staffAskedMachine,
  televisionMachine,
  televisionLinkMachine,
  televisionWhereMachine,
  evacuationAlertMachine,
];

/** `kazasu screens --json` prints a list of these. */
export interface ListedScreen {
  readonly machine: string;
  /** Path of the state in its machine. */
  readonly state: string;
  readonly screen: ScreenName;
  /** What its headline can be. */
  readonly titles: readonly string[];
  readonly voice: StateMeta['voice'];
  readonly tone: StateMeta['tone'];
  /** Besides language and sound. */
  readonly keys: readonly KeyName[];
  /** The delay that ends the state by itself; `ms` null: it depends. */
  readonly timeout: { readonly delay: string; readonly ms: number | null } | null;
  readonly secret: boolean;
}

export function listScreens(language: Language): ListedScreen[] {
  const catalogue = catalogueOf(language);
  return MACHINES.flatMap((machine) =>
    statesOf(machine.root).flatMap((node) => {
      const meta: StateMeta | undefined = node.meta;
      if (meta === undefined) return [];
      const { screen, voice, tone, keys, timeout, secret = false } = meta;
      const titles = titlesOf(catalogue)[screen].map(plain);
      const state = node.path.join('.');
      const limit = timeout === null ? null : { delay: timeout, ms: lengthOf(machine, timeout) };
      return [
        { machine: machine.id, state, screen, titles, voice, tone, keys, timeout: limit, secret },
      ];
    }),
  );
}

/** One line a screen, for people. */
export function screenLines(screens: readonly ListedScreen[]): string {
  const rows = screens.map(({ machine, state, screen, titles, voice, keys, timeout }) => [
    `${machine} ${state}`,
    screen,
    voice ?? '-',
    keys.join(',') || '-',
    timeout === null ? '-' : `${timeout.delay}${timeout.ms === null ? '' : ` ${timeout.ms} ms`}`,
    titles.length > 1 ? `${titles[0]} (+${titles.length - 1})` : (titles[0] ?? ''),
  ]);
  const table = [['state', 'screen', 'voice', 'keys', 'time-out', 'title'], ...rows];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => width(row[column]))));
  return table
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths?.[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function width(cell: string | undefined): number {
  return cell?.length ?? 0;
}

function statesOf(node: AnyStateNode): AnyStateNode[] {
  return [node, ...Object.values(node.states).flatMap(statesOf)];
}

function lengthOf(machine: AnyStateMachine, delay: string): number | null {
  const length: unknown = machine.implementations.delays[delay];
  return typeof length === 'number' ? length : null;
}

function headingsOf(of: Readonly<Record<string, { readonly title: string }>>): string[] {
  return Object.values(of).map(({ title }) => title);
}

function kioskTitlesOf({
  kiosk,
  reasons,
}: Catalogue): Readonly<Record<KioskScreenName, readonly string[]>> {
  const { pages: _pages, ...choices } = kiosk.choose;
  const { problems: _problems, mark: _mark, keyboard: _keyboard, ...fields } = kiosk.textEntry;
  const { choose, cash, 'e-money': eMoney } = kiosk.paying;
  return {
    menu: [kiosk.menu.title],
    choose: headingsOf(choices),
    'place-card': [kiosk.placeCard.title, kiosk.placeCard.again],
    working: headingsOf(kiosk.working),
    password: [kiosk.password.title],
    'password-last-try': [kiosk.passwordLastTry.title],
    'text-entry': headingsOf(fields),
    review: [kiosk.review.title],
    'confirm-order': [kiosk.confirm.title],
    paying: headingsOf({ choose, cash, eMoney }),
    printing: [kiosk.printing.title],
    'take-paper': [kiosk.takePaper.title],
    applied: [kiosk.applied.title],
    ended: headingsOf(reasons),
    'still-there': [kiosk.stillThere.title],
  };
}

function shelterTitlesOf({
  shelter,
}: Catalogue): Readonly<Record<ShelterScreenName, readonly string[]>> {
  return {
    'shelter-waiting': [shelter.waiting.title],
    'shelter-family': [shelter.family.title],
    'shelter-menu': [shelter.menu.title],
    'shelter-supplies': [shelter.supplies.title],
    'shelter-needs': [shelter.needs.title],
    'shelter-done': headingsOf(shelter.done),
    'shelter-no-card': [shelter.noCard.title, shelter.noCard.unread],
    'shelter-typing': headingsOf(shelter.typing),
    'shelter-people': [shelter.people.title],
    'shelter-slip': [shelter.slip.title],
    'shelter-staff': [shelter.staff.title],
    'shelter-why': [shelter.why.title],
    'shelter-consented': [shelter.consented.title],
    'shelter-paper': [shelter.paper.title],
  };
}

function televisionTitlesOf({
  television: { home, people, consent, placeCard, stillThere, linked, unlink, where, alert },
  reasons,
}: Catalogue): Readonly<Record<TelevisionScreenName, readonly string[]>> {
  return {
    'tv-home': [home.nobody.title, home.calls.title],
    'tv-people': [people.title],
    'tv-consent': [consent.title],
    'tv-place-card': [placeCard.title, placeCard.again],
    'tv-still-there': [stillThere.title],
    'tv-linked': headingsOf(linked),
    'tv-unlink': [unlink.title],
    'tv-where': [where.title],
    'tv-stopped': headingsOf(reasons),
    'tv-alert': [...Object.values(alert.call), alert.safe.title, alert.over.title],
  };
}

function titlesOf(text: Catalogue): Readonly<Record<ScreenName, readonly string[]>> {
  const { staff } = text;
  const titles = headingsOf;
  const { entry, undo } = staff.confirm;
  return {
    waiting: [text.waiting.title],
    hold: [text.hold.title],
    again: [text.again.title],
    welcome: [text.welcome.title],
    'receipt-owed': [text.receiptOwed.title],
    refused: titles(text.reasons),
    'take-card': [text.takeCard.title],
    closed: [text.closed.title],
    pin: [text.pin.title],
    'pin-last-try': [text.pinLastTry.title],
    asking: [text.asking.title],
    result: titles(text.told),
    'staff-pin': [staff.pin.title],
    'staff-menu': [staff.menu.title],
    'staff-ticket': titles(staff.ticket),
    'staff-confirm': titles({ entry, undo }),
    'staff-why': [staff.why.title],
    'staff-done': titles({ ...staff.done, ...text.kiosk.staff.done, ...text.stick.done }),
    'staff-papers': [staff.papers.title],
    'staff-paper': [staff.paper.title],
    'staff-cases': [text.kiosk.staff.cases.title],
    'staff-case': titles(text.kiosk.staff.kinds),
    'staff-case-why': [text.kiosk.staff.why.title],
    'staff-health': [staff.health.title],
    'staff-stick': [text.stick.title, text.stick.refused, text.stick.listAlone.title],
    'staff-leaving': [staff.leaving.title],
    ...kioskTitlesOf(text),
    ...shelterTitlesOf(text),
    ...televisionTitlesOf(text),
  };
}
