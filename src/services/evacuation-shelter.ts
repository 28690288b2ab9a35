/** An evacuation shelter (避難所): a card held is a person taken in, whatever is known of them. */

import { type AnyMachineSnapshot, fromCallback, fromPromise } from 'xstate';
import { shelterFormMachine } from '../../state-machines/shelter-form.ts';
import { shelterVisitMachine } from '../../state-machines/shelter-visit.ts';
import type { ShelterEvent } from '../../state-machines/shelter-visit-setup.ts';
import { type StaffAskedEvent, staffAskedMachine } from '../../state-machines/staff-asked.ts';
import { listShown } from '../domain/entry-list.ts';
import { crowdingOf } from '../domain/evacuation.ts';
import type { ScreenBody } from '../domain/screen.ts';
import type { SensedTap } from '../domain/tap.ts';
import { MunicipalitySeal } from '../pki/seal-to-municipality.ts';
import type { EvacuationShelterOptions } from '../service-config.ts';
import { MarkKeys } from '../shelter/mark-key.ts';
import { Roster } from '../shelter/roster.ts';
import { shelterScreenOf } from '../shelter/shelter-screens.ts';
import { ShelterVisits } from '../shelter/shelter-visit.ts';
import { headroom, SERVICE_HEADROOM_BYTES } from '../store/disk.ts';
import type { Service, TerminalParts } from './service.ts';

/** People queue for hours, one household behind the other; each state of a visit has its own limit. */
const VISIT_MS_MAX = 2_000_000_000;

export interface ShelterPlace {
  /** The state folder. */
  readonly state: string;
  /** Slips are printed. */
  readonly prints: boolean;
}

/** Throws `SealError` or `KeyStoreError` for keys that can't be used: before anybody comes, not when they do. */
export function evacuationShelter(
  parts: TerminalParts,
  options: EvacuationShelterOptions,
  { state, prints }: ShelterPlace,
): Service {
  const roster = new Roster(parts.recorder.ledger, options);
  const marks = MarkKeys.open(state, process.env['CREDENTIALS_DIRECTORY']);
  const visits = new ShelterVisits({
    ...{ terminal: parts, options, roster, marks, prints },
    seal: MunicipalitySeal.of(options['municipality-key']),
  });
  let disk: 'ok' | 'low' = 'ok';
  const machine = shelterVisitMachine.provide({
    actors: {
      readCard: fromPromise(({ input }) => visits.readCard(input)),
      findPerson: fromPromise(({ input }) => visits.findPerson(input)),
      admit: fromPromise(async ({ input }) => visits.admit(input)),
      actHere: fromPromise(async ({ input }) => visits.act(input)),
      takeIn: fromPromise(async ({ input }) => visits.takeIn(input)),
      findSlip: fromPromise(({ input }) => visits.findSlip(input)),
      awaitCard: nextCard<ShelterEvent>(parts),
      watchCard: goneCard(parts, () => visits.forget()),
      shelterForm: shelterFormMachine,
      staffAsked: staffMachine(parts, visits),
    },
  });
  const dialogue = {
    screenOf: (snapshot: AnyMachineSnapshot) =>
      shelterScreenOf(snapshot, { consented: visits.consented, now: parts.now() }),
    typeSecret: (character: string) => parts.staffPin?.typeSecret(character),
  };

  return {
    id: 'evacuation-shelter',
    needs: ['card'],
    lists: [options.list],
    servesAlways: true,
    servesWithout: ['reader-lost'],
    limitMs: VISIT_MS_MAX,
    keeps: (subject) => roster.isExpected(subject),
    marks,
    // Nothing closes a shelter; how full the disk is, is looked at in passing.
    obstacle() {
      disk = headroom(state) < SERVICE_HEADROOM_BYTES ? 'low' : 'ok';
      return null;
    },
    machine,
    dialogue,
    errands: [{ id: 'without-card', openness: () => null, machine, ...dialogue }],
    home(offline): ScreenBody {
      const { here, out } = roster.people;
      return {
        screen: 'shelter-waiting',
        people: here,
        // Who went out has a place here still.
        crowding: crowdingOf(here + out, options.capacity),
        ...{ offline, disk, reader: parts.reader() !== null },
      };
    },
    place() {
      const active = parts.shelf.active(options.list);
      const list = active && listShown(active.manifest, active.confirmedAt, parts.now());
      const purpose = { service: 'evacuation-shelter' } as const;
      return { title: options.name, startsAt: null, gate: '', list, purpose };
    },
  };
}

/** Where there is no PIN, no key leads to it. */
function staffMachine(parts: TerminalParts, visits: ShelterVisits) {
  return staffAskedMachine.provide({
    actors: {
      awaitCard: nextCard<StaffAskedEvent>(parts),
      checkAttendant: fromPromise(({ input }) => visits.checkAttendant(input)),
      ...(parts.staffPin === null ? {} : { signIn: parts.staffPin.signIn }),
    },
  });
}

/** Sends `card.gone` as soon as this card is not there, or another one is; then the visit is over. */
function goneCard(parts: Pick<TerminalParts, 'watchCard' | 'cardInField'>, forget: () => void) {
  return fromCallback<ShelterEvent, SensedTap>(({ input, sendBack }) => {
    const see = (): void => {
      if (parts.cardInField()?.tap !== input.tap) sendBack({ type: 'card.gone' });
    };
    const stop = parts.watchCard(see);
    see();
    return () => {
      stop();
      forget();
    };
  });
}

/** Sends `card.present` for cards that came after this tap: who is served already is not served again. */
function nextCard<Event extends ShelterEvent | StaffAskedEvent>(
  parts: Pick<TerminalParts, 'watchCard' | 'cardInField'>,
) {
  return fromCallback<Event, SensedTap>(({ input, sendBack }) => {
    // A visit that was begun on the screen: what lies there was served before.
    let told = input.tap === 0 ? (parts.cardInField()?.tap ?? 0) : input.tap;
    const see = (): void => {
      const card = parts.cardInField();
      if (card === null || card.tap <= told) return;
      told = card.tap;
      const present = { type: 'card.present', tap: card.tap, sensedAt: card.sensedAt } as const;
      sendBack(present as Event);
    };
    const stop = parts.watchCard(see);
    see();
    return stop;
  });
}
